// SPDX-License-Identifier: MIT
// The config file, tessera.conf: lines of `key = value`, # for comments. Pure: text in, values out.
#ifndef BOOT_CONFIG_CONFIG_H
#define BOOT_CONFIG_CONFIG_H

#include "boot/config/text.h"
#include "hv/lib/boot_info.h"

#define CONFIG_FILE_MAX  65536 // bytes of a config file that are read
#define CONFIG_PATH_SIZE 256   // bytes of a path, the closing zero included
#define CONFIG_KEPT      8     // problems that a report names; the rest are only counted
#define CONFIG_WORD_SIZE 24

enum config_confirm { CONFIG_CONFIRM_AGENT, CONFIG_CONFIRM_BOOT, CONFIG_CONFIRM_NONE };
enum config_sleep { CONFIG_SLEEP_DENY, CONFIG_SLEEP_ALLOW };

struct config {
	char next[CONFIG_PATH_SIZE]; // "\EFI\..." in ASCII, "" = look for one
	u64 memory;                  // bytes, a multiple of 2 MiB
	u32 timeout;                 // seconds
	u32 uart_baud;
	u16 uart_port; // 0 = none
	u8 required;   // bool
	u8 engine;     // enum boot_engine
	u8 sipi;       // enum boot_sipi
	u8 log_level;  // enum log_level
	u8 confirm;    // enum config_confirm
	u8 panic;      // enum boot_panic
	u8 sleep;      // enum config_sleep
	u8 unseal;     // enum boot_unseal
	u32 protects;
	struct boot_protect protect[BOOT_PROTECT_MAX];
};

// One key, for the parser, the sample file and the documents.
struct config_key {
	const char *name;
	const char *takes;    // the form of a value
	const char *fallback; // the value without the line; "" = none
	const char *help;     // one sentence
	bool (*parse)(const struct config_key *key, struct slice value, struct config *config);
	const char *const *words; // for parse_word: the values, NULL-terminated; an index is stored
	u16 offset;               // of the member of struct config that it sets
	const char *weaker;       // values that only a trusted file may set; NULL = none
	// Whether *config now holds a weaker value, after a line with this key. NULL = it cannot.
	bool (*weakens)(const struct config_key *key, const struct config *config);
};

extern const struct config_key config_keys[];
extern const u32 config_key_count;

//      name           what it says to a person
#define CONFIG_ERRORS(X)                                              \
	X(NO_EQUALS, "is not of the form key = value")                \
	X(UNKNOWN_KEY, "is not a key: docs/config.md lists the keys") \
	X(BAD_VALUE, "takes")                                         \
	X(NOT_TRUSTED, "takes no value that weakens the protection while Secure Boot is on:")

#define CONFIG_ERROR_ENUM(name, text) CONFIG_##name,
enum config_error { CONFIG_ERRORS(CONFIG_ERROR_ENUM) CONFIG_ERROR_COUNT };

struct config_problem {
	u32 line; // 1-based
	enum config_error error;
	const struct config_key *key; // BAD_VALUE, NOT_TRUSTED: whose
	char word[CONFIG_WORD_SIZE];  // where the line starts, cut and made printable
};

struct config_report {
	u32 count;
	struct config_problem kept[CONFIG_KEPT];
};

// The values that apply without a file.
void config_default(struct config *config);

// Reads `text` over *config. A wrong line is skipped and reported; if a key occurs
// twice, the later line counts. A file that is not `trusted` sets no value that weakens the
// protection. Never fails: all correct lines are used.
void config_parse(struct config *config, struct slice text, bool trusted,
		  struct config_report *report);

// One sentence about a problem, with its line, into `to` of `size` bytes.
void config_explain(const struct config_problem *problem, char *to, u32 size);

// A file that sets nothing and explains every key, into `to`; returns the bytes it would need, the
// closing zero not counted.
u32 config_sample(char *to, u32 size);

#endif
