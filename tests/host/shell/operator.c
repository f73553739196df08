// SPDX-License-Identifier: MIT
#include "tests/host/shell/operator.h"

#include <stdio.h>
#include <string.h>

struct terminal t;
struct shell s;
u32 mark;

static _Alignas(128) u8 log_memory[32 * 1024];

void log_reborn(void)
{
	log_init(log_memory, sizeof(log_memory), LOG_INFO);
	s.next_log = 1;
}

int fresh(void **state)
{
	(void)state;
	memset(log_memory, 0, sizeof(log_memory));
	log_init(log_memory, sizeof(log_memory), LOG_INFO);
	fake_vm_make(true, FAKE_POOL_SIZE);
	terminal_init(&t);
	t.budget = 64;
	shell_init(&s, &t.tty, 1000000000);
	terminal_settle(&t, &s);
	return 0;
}

int prompt_and_lock_are_back(void **state)
{
	(void)state;
	assert_string_equal(terminal_row(&t, 0), PROMPT);
	assert_int_equal(t.faults, 0);
	assert_int_equal(vm0.policy.lock.next, vm0.policy.lock.serving);
	return 0;
}

bool says(const char *line, const char *shown)
{
	char typed[LINE_SIZE + 2];

	mark = t.y + 1;
	snprintf(typed, sizeof(typed), "%s\r", line);
	terminal_type(&t, &s, typed);
	if (s.mode == MODE_RUN)
		terminal_type(&t, &s, " ");
	return terminal_shows(&t, mark, shown);
}
