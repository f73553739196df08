// SPDX-License-Identifier: MIT
// Sources: hv/core/log.c hv/lib/format.c
// The log ring: order, overtaking, levels, what survives a reset, and many writers at once.
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hv/core/cpu.h"
#include "hv/core/log.h"
#include "tests/host/test.h"

static _Thread_local u32 this_cpu;

u32 cpu_number(void)
{
	return this_cpu;
}

static _Alignas(128) u8 memory[32 * 1024]; // two banks of 64 lines fit, of 128 do not
#define SLOTS 64

static int fresh(void **state)
{
	(void)state;
	memset(memory, 0xa5, sizeof(memory));
	log_init(memory, sizeof(memory), LOG_INFO);
	return 0;
}

static void lines_come_back_in_order(void **state)
{
	struct tessera_log_line line;

	(void)state;
	this_cpu = 3;
	log_info("first %d", 1);
	log_error("second");
	this_cpu = 0;

	assert_true(log_read(0, &line));
	assert_int_equal(line.sequence, 1);
	assert_int_equal(line.cpu, 3);
	assert_int_equal(line.level, LOG_INFO);
	assert_string_equal(line.text, "first 1");
	assert_true(log_read(2, &line));
	assert_int_equal(line.level, LOG_ERROR);
	assert_string_equal(line.text, "second");
	assert_false(log_read(3, &line));
}

static void lines_above_the_level_are_not_recorded(void **state)
{
	struct tessera_log_line line;

	(void)state;
	log_debug("unheard");
	assert_false(log_read(1, &line));
	log_set_level(LOG_DEBUG);
	assert_int_equal(log_get_level(), LOG_DEBUG);
	log_debug("heard");
	assert_true(log_read(1, &line));
	log_set_level(LOG_ERROR);
	log_warn("unheard");
	assert_false(log_read(2, &line));
}

static void a_late_reader_gets_the_oldest_line_left(void **state)
{
	struct tessera_log_line line;

	(void)state;
	for (int i = 1; i <= SLOTS + 10; i++)
		log_info("line %d", i);
	assert_true(log_read(1, &line));
	assert_int_equal(line.sequence, 11);
	assert_string_equal(line.text, "line 11");
}

static void long_and_hostile_text_is_tamed(void **state)
{
	struct tessera_log_line line;
	char text[200];

	(void)state;
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = 0;
	log_info("%s", text);
	log_info("a\x1b[2Jb\r\nc");
	assert_true(log_read(1, &line));
	assert_int_equal(strlen(line.text), LOG_TEXT_SIZE - 1);
	assert_true(log_read(2, &line));
	assert_string_equal(line.text, "a?[2Jb??c");
}

static void the_log_before_a_reset_stays_readable(void **state)
{
	struct tessera_log_line line;

	(void)state;
	assert_false(log_previous(1, &line));
	for (int boot_count = 0; boot_count < 5; boot_count++) {
		log_info("crash %d", boot_count);
		log_info("the end");
		log_init(memory, sizeof(memory), LOG_INFO);
		assert_false(log_read(1, &line));
		assert_true(log_previous(1, &line));
		assert_int_equal(line.text[6] - '0', boot_count);
		assert_true(log_previous(2, &line));
		assert_string_equal(line.text, "the end");
		assert_false(log_previous(3, &line));
	}
}

static void damaged_memory_is_not_taken_for_a_log(void **state)
{
	struct tessera_log_line line;

	(void)state;
	log_info("x");
	for (size_t at = 0; at < sizeof(memory); at += 997) {
		memory[at] ^= 0x40;
		log_init(memory, sizeof(memory), LOG_INFO);
		log_info("y");
		for (u64 from = 0; log_previous(from, &line); from = line.sequence + 1)
			assert_true(strlen(line.text) < LOG_TEXT_SIZE);
	}
	for (int round = 0; round < 200; round++) {
		for (size_t i = 0; i < sizeof(memory); i++)
			memory[i] = (u8)rand();
		log_init(memory, sizeof(memory), LOG_INFO);
		assert_false(log_previous(1, &line));
	}
}

static void too_little_memory_means_no_log(void **state)
{
	struct tessera_log_line line;

	(void)state;
	log_init(memory, 300, LOG_DEBUG);
	log_info("lost");
	assert_false(log_read(1, &line));
}

// Each writer's lines say who wrote them and their number, twice, so that a torn line shows.
#define WRITERS 4
#define LINES   20000

static void *write_lines(void *arg)
{
	this_cpu = (u32)(uintptr_t)arg;
	for (u32 i = 1; i <= LINES; i++)
		log_info("%u %06u %050d %u %06u", this_cpu, i, 0, this_cpu, i);
	return NULL;
}

static void check_line(const struct tessera_log_line *line, u32 *last)
{
	u32 cpu, number, cpu_again, number_again;

	assert_int_equal(line->ready, 1);
	assert_int_equal(sscanf(line->text, "%u %u %*u %u %u", &cpu, &number, &cpu_again,
				&number_again),
			 4);
	assert_int_equal(cpu, cpu_again);
	assert_int_equal(cpu, line->cpu);
	assert_int_equal(number, number_again);
	assert_true(number > last[cpu]);
	last[cpu] = number;
}

static void many_writers_never_tear_a_line(void **state)
{
	pthread_t thread[WRITERS];
	u32 last[WRITERS] = { 0 };
	struct tessera_log_line line;
	u64 next = 1;
	u32 seen = 0;

	(void)state;
	for (uintptr_t i = 0; i < WRITERS; i++)
		pthread_create(&thread[i], NULL, write_lines, (void *)i);
	while (next <= WRITERS * LINES) {
		if (!log_read(next, &line))
			continue;
		assert_true(line.sequence >= next);
		check_line(&line, last);
		next = line.sequence + 1;
		seen++;
	}
	for (u32 i = 0; i < WRITERS; i++)
		pthread_join(thread[i], NULL);
	assert_true(seen >= SLOTS);
	assert_false(log_read(WRITERS * LINES + 1, &line));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(lines_come_back_in_order, fresh),
		cmocka_unit_test_setup(lines_above_the_level_are_not_recorded, fresh),
		cmocka_unit_test_setup(a_late_reader_gets_the_oldest_line_left, fresh),
		cmocka_unit_test_setup(long_and_hostile_text_is_tamed, fresh),
		cmocka_unit_test_setup(the_log_before_a_reset_stays_readable, fresh),
		cmocka_unit_test_setup(damaged_memory_is_not_taken_for_a_log, fresh),
		cmocka_unit_test_setup(too_little_memory_means_no_log, fresh),
		cmocka_unit_test_setup(many_writers_never_tear_a_line, fresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
