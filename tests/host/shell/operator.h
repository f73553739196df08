// SPDX-License-Identifier: MIT
// An operator at the real command table, over a VM on the host.
#ifndef OPERATOR_H
#define OPERATOR_H

#include "tests/host/shell/fake_vm.h"
#include "hv/console/shell/state.h"
#include "hv/core/log.h"
#include "tests/host/shell/terminal.h"
#include "tests/host/test.h"

extern struct terminal t;
extern struct shell s;
extern u32 mark; // the row where the last command was typed

// The log as it is after a warm reset: the one up to now is the previous one.
void log_reborn(void);

// Before and after each test.
int fresh(void **state);
int prompt_and_lock_are_back(void **state);
#define COMMAND_TEST(name) cmocka_unit_test_setup_teardown(name, fresh, prompt_and_lock_are_back)

// Runs a line and answers whether what it printed contains `shown`. A command that goes on until a
// key is typed gets one.
bool says(const char *line, const char *shown);

#define assert_says(line, shown)                                                                  \
	do {                                                                                      \
		if (!says(line, shown))                                                           \
			fail_msg("`%s` does not say `%s` but `%s`...", line, shown, t.row[mark]); \
	} while (0)

#define assert_shows(shown) assert_true(terminal_shows(&t, mark, shown))
#define assert_hides(shown) assert_false(terminal_shows(&t, mark, shown))

#endif
