// SPDX-License-Identifier: MIT
// A device and a machine for the tool to run on: rules, guards and events in memory, files in a
// folder that is made anew for each test.
#ifndef TESTS_TOOLS_FAKE_H
#define TESTS_TOOLS_FAKE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/types.h>

#include <cmocka.h>

#include "lib/tessera.h"
#include "tools/commands.h"

#define FAKE_FD  1000
#define FAKE_MAX 16

struct fake {
	int open_error;          // errno that opening fails with
	int error[32];           // by the number of the request: errno that it fails with
	unsigned int fail_after; // that many guards can be made first
	int read_error;
	struct tessera_rule rules[FAKE_MAX];
	unsigned int rule_count;
	struct tessera_guard guards[FAKE_MAX];
	unsigned int guard_count, last_guard;
	struct tessera_event events[FAKE_MAX];
	unsigned int event_count, position;
	struct tessera_events stream;
	void (*on_guard)(const struct tessera_guard *guard); // called when one is made
	bool other_holds_key, sealed, locked, open;
};

extern struct fake fake;

// A new machine for a test; cmocka's setup and teardown.
int fake_setup(void **state);
int fake_teardown(void **state);

// Writes a file of the machine, folders included.
void fake_file(const char *path, const void *data, size_t size);
void fake_text(const char *path, const char *text);
bool fake_exists(const char *path);
unsigned int fake_count(const char *path); // the files in a folder
mode_t fake_umask(void);
const char *fake_path(const char *path); // good for the next three calls
char *fake_read(const char *path);       // static

// What a run of the tool said, and how it ended.
struct outcome {
	int status;
	char out[65536], err[8192];
};

// Runs "tesseractl WORDS". The result is static.
const struct outcome *run_tool(const char *words);

// The same, and it must end with that status and say that on the side that fits it.
const struct outcome *succeeds(const char *words);
void fails(const char *words, int status, const char *why);

#define assert_says(text, part) assert_non_null(strstr(text, part))

#endif
