// SPDX-License-Identifier: MIT
// The calls that watch the hypervisor: its counters and its log.
#include "hv/lib/string.h"
#include "hv/x86/exit_reason.h"
#include "hv/x86/insn.h"
#include "hv/x86/msr.h"
#include "tests/emul/system/agent/agent.h"
#include "tests/emul/system/agent/plain.h"
#include "tests/emul/system/agent/scenarios.h"

#define PAGE 40

static u64 gauge(u64 actual, const char *what, enum tessera_query question)
{
	same(what, actual, query(question));
	return actual;
}

static void expect_counts(enum tessera_action action)
{
	struct tessera_statistics before, after;
	bool denied;

	protect(action, page(PAGE), 8);
	statistics(&before);
	denied = denied64(page(PAGE), ~*(u64 *)page(PAGE));
	statistics(&after);
	same("a store was denied", denied, action == TESSERA_ACTION_DENY);
	same("audited", after.audited_writes - before.audited_writes,
	     action == TESSERA_ACTION_AUDIT);
	same("discarded", after.discarded_writes - before.discarded_writes,
	     action == TESSERA_ACTION_DISCARD);
	same("denied", after.denied_writes - before.denied_writes, action == TESSERA_ACTION_DENY);
	same("frozen", after.frozen_writes, 0);
	CHECK(after.exits[REASON_VMCALL] > before.exits[REASON_VMCALL], "VMCALLs");
	CHECK(after.exits[REASON_EPT_VIOLATION] > before.exits[REASON_EPT_VIOLATION], "violations");
	unprotect(action, page(PAGE), 8);
}

void statistics_count(void)
{
	struct tessera_statistics s;
	u64 since = rdtsc();

	for (enum tessera_action a = TESSERA_ACTION_AUDIT; a <= TESSERA_ACTION_DENY; a++)
		expect_counts(a);
	protect(TESSERA_ACTION_DENY, page(PAGE), 8);
	access_set_one(page(PAGE + 1), 1);
	statistics(&s);
	CHECK(s.tsc > since && s.tsc < rdtsc() && s.started < since, "ticks");
	CHECK(s.tsc_hz > 1000000, "ticks a second");
	same("processors", s.cpus, cpu_count);
	gauge(s.regions, "regions", TESSERA_QUERY_REGIONS);
	gauge(s.pool_free, "free pages", TESSERA_QUERY_FREE_PAGES);
	gauge(s.shootdowns, "shootdowns", TESSERA_QUERY_SHOOTDOWNS);
	same("denied writes", s.denied_writes + s.discarded_writes, query(TESSERA_QUERY_BLOCKED));
	same("pages with access maps", s.mapped_pages, 1);
	CHECK(s.rules >= 2, "rules");
	CHECK(s.pool_free_least && s.pool_free_least <= s.pool_free && s.pool_free < s.pool_pages,
	      "pool");
	CHECK(s.invalidations >= s.shootdowns, "invalidations");
	same("claimed", s.claimed, 0);
	same("locked down", s.locked_down, 0);
	CHECK(s.log_lines > 0, "log lines");
}

static void refuse(u64 gpa, u64 size, enum tessera_error expected)
{
	u64 written;
	s64 error = call(TESSERA_CALL_STATISTICS, gpa, size, 0, &written);

	CHECK(error == expected, "statistics at 0x%lx answers %s", gpa, call_error(error));
	same("value after an error", written, 0);
}

// A client that was built with a smaller struct, or a larger one.
void statistics_fit_the_caller(void)
{
	const u64 size = sizeof(struct tessera_statistics);
	u8 *buffer = page(PAGE);
	u64 written;

	memset(buffer, 0xa5, PAGE_SIZE);
	same("error", call(TESSERA_CALL_STATISTICS, gpa_of(buffer), 12, 0, &written), 0);
	same("bytes written", written, 12);
	for (u32 i = 12; i < PAGE_SIZE; i++)
		same("byte", buffer[i], 0xa5);
	same("error", call(TESSERA_CALL_STATISTICS, gpa_of(buffer), ~0ULL, 0, &written), 0);
	same("bytes written", written, size);
	for (u64 i = size; i < PAGE_SIZE; i++)
		same("byte", buffer[i], 0xa5);

	refuse(gpa_of(buffer), 0, TESSERA_BAD_ARGUMENT);
	refuse(argument[0], size, TESSERA_BAD_ADDRESS);
	refuse(argument[0] - 8, size, TESSERA_BAD_ADDRESS);
	refuse(~7ULL, size, TESSERA_BAD_ADDRESS);
	protect(TESSERA_ACTION_DENY, buffer + size - 1, 1);
	refuse(gpa_of(buffer), size, TESSERA_PROTECTED);
	memset(buffer, 0xa5, size - 1);
	refuse(gpa_of(buffer), size, TESSERA_PROTECTED);
	for (u64 i = 0; i < size - 1; i++)
		same("byte of a refused answer", buffer[i], 0xa5);
}

static struct tessera_log_line lines[TESSERA_LOG_MAX];

static u64 read_log(u64 from, u64 count, enum tessera_log log)
{
	struct tessera_result r =
		tessera_call(TESSERA_CALL_LOG_READ, from, gpa_of(lines), count, log, 0);

	CHECK(!r.error, "log_read answers %s", call_error(r.error));
	CHECK(r.value <= count, "%lu lines of %lu", r.value, count);
	return r.value;
}

static void refuse_log(u64 gpa, u64 count, u64 log, enum tessera_error expected)
{
	struct tessera_result r = tessera_call(TESSERA_CALL_LOG_READ, 1, gpa, count, log, 0);

	CHECK(r.error == expected && !r.value, "log_read(0x%lx, %lu, %lu) answers %s", gpa, count,
	      log, call_error(r.error));
}

static u64 last_line(void)
{
	u64 from = 1, n;

	while ((n = read_log(from, TESSERA_LOG_MAX, TESSERA_LOG_CURRENT)))
		from = lines[n - 1].sequence + 1;
	return from - 1;
}

// B13: 256 lines are enough to drive all others from the log.
void refused_writes_fill_no_log(void)
{
	u64 before = last_line(), written;

	for (u32 i = 0; i < 300; i++)
		wrmsr(IA32_BIOS_UPDT_TRIG, (u64)page(0));
	written = last_line() - before;
	CHECK(written && written <= 9, "%lu lines about 300 writes", written);
}

static void expect_line(const struct tessera_log_line *line, u64 after)
{
	u64 length = strlen(line->text);

	CHECK(line->sequence > after, "line %lu comes after %lu", line->sequence, after);
	CHECK(line->ready == 1 && line->level <= 3 && line->cpu < cpu_count, "line %lu: %u %u %u",
	      line->sequence, line->ready, line->level, line->cpu);
	CHECK(length && length < TESSERA_LOG_TEXT_SIZE, "line of %lu characters", length);
	for (u64 i = 0; i < length; i++)
		CHECK(line->text[i] >= ' ' && line->text[i] <= '~', "line %lu", line->sequence);
}

void the_log_can_be_read(void)
{
	struct tessera_statistics s;
	u64 last = 0, n, key;

	same("claim", call(TESSERA_CALL_CLAIM, 0, 0, 0, &key), 0);
	same("release", tessera_call(TESSERA_CALL_RELEASE, 0, 0, 0, 0, key).error, 0);
	statistics(&s);
	while ((n = read_log(last + 1, 1 + last % TESSERA_LOG_MAX, TESSERA_LOG_CURRENT))) {
		for (u64 i = 0; i < n; i++) {
			expect_line(&lines[i], last);
			last = lines[i].sequence;
		}
	}
	same("last line", last, s.log_lines);
	same("lines", read_log(last - 1, 2, TESSERA_LOG_CURRENT), 2);
	CHECK(memcmp(lines[0].text, "the policy was claimed", 22) == 0, "%s", lines[0].text);
	CHECK(memcmp(lines[1].text, "the policy was released", 23) == 0, "%s", lines[1].text);
	same("lines from far away", read_log(~0ULL, 1, TESSERA_LOG_CURRENT), 0);
	same("lines of the log before", read_log(1, 1, TESSERA_LOG_PREVIOUS), 0);

	refuse_log(gpa_of(lines), 0, 0, TESSERA_BAD_ARGUMENT);
	refuse_log(gpa_of(lines), TESSERA_LOG_MAX + 1, 0, TESSERA_BAD_ARGUMENT);
	refuse_log(gpa_of(lines), 1, TESSERA_LOG_COUNT, TESSERA_BAD_ARGUMENT);
	refuse_log(argument[0] - 8, 1, 0, TESSERA_BAD_ADDRESS);
	protect(TESSERA_ACTION_DENY, page(PAGE) + 127, 1);
	refuse_log(gpa_of(page(PAGE)), 1, 0, TESSERA_PROTECTED);
}
