// SPDX-License-Identifier: MIT
// selftest: protects some bytes of its own page with each action, and lets a child process write to
// them and next to them.
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/tessera.h"
#include "tools/run.h"
#include "tools/messages.h"

#define PAGE     4096
#define START    (13 * TESSERA_TILE_SIZE + 5) // in the middle of a tile
#define LENGTH   100
#define PATIENCE 3000 // milliseconds for an event to arrive

enum { OLD = 0x11, NEW = 0x22 };

struct trial {
	int fd;
	volatile uint8_t *page; // shared with children
	uint32_t rule;
	uint32_t guard;
	unsigned int faults;
};

static void report_result(struct trial *t, bool good, const char *what)
{
	printf("%s: %s\n", good ? "ok" : "FAILED", what);
	t->faults += !good;
}

// Lets a child process store one byte. True if the child survived.
static bool store_in_child(const struct trial *t, unsigned int offset)
{
	int status = 0;
	pid_t child;

	fflush(stdout);
	child = fork();
	if (child == 0) {
		const struct rlimit none = { 0 };

		setrlimit(RLIMIT_CORE, &none);
		t->page[offset] = NEW;
		_exit(0);
	}
	if (child < 0)
		return false;
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status);
}

static int begin_trial(struct trial *t, uint32_t action)
{
	struct tessera_rule rule = { .action = action };
	struct tessera_guard guard = { .space = TESSERA_SPACE_PROCESS,
				       .pid = (uint32_t)getpid(),
				       .start = (uint64_t)(uintptr_t)t->page + START,
				       .length = LENGTH };

	memset((void *)t->page, OLD, PAGE);
	snprintf(rule.name, sizeof(rule.name), "test%d-%s", (int)getpid(),
		 tessera_action_name(action));
	if (tessera_create_rule(t->fd, &rule))
		return report_refusal("cannot create a rule for the test");
	t->rule = guard.rule = rule.number;
	if (tessera_guard(t->fd, &guard)) {
		report_refusal("cannot protect memory for the test");
		tessera_delete_rule(t->fd, t->rule);
		return REFUSED;
	}
	t->guard = guard.number;
	return DONE;
}

static void end_trial(struct trial *t)
{
	bool gone =
		tessera_unguard(t->fd, t->guard) == 0 && tessera_delete_rule(t->fd, t->rule) == 0;

	report_result(t, gone, "guard and rule can be removed");
	report_result(t, store_in_child(t, START) && t->page[START] == NEW,
		      "the byte can then be written again");
}

// Waits for the next event of this trial's rule.
static bool next_event(const struct trial *t, struct tessera_event *e)
{
	int got;

	do {
		got = tessera_read_events(t->fd, e, 1, PATIENCE);
		if (got == 1 && e->rule == t->rule)
			return true;
	} while (got > 0);
	return false;
}

static void expect_event(struct trial *t, uint32_t action, struct tessera_event *e)
{
	bool came = next_event(t, e);

	report_result(t, came, "an event reports the write");
	report_result(t, came && e->action == action, "the event has the right action");
	report_result(t, came && e->gva == (uint64_t)(uintptr_t)t->page + START,
		      "the event has the right address");
}

static void try_neighbours(struct trial *t)
{
	static const unsigned int offsets[] = { START - 1, START + LENGTH, 0, PAGE - 1,
						START - START % TESSERA_TILE_SIZE };
	bool good = true;

	for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++)
		good &= store_in_child(t, offsets[i]) && t->page[offsets[i]] == NEW;
	report_result(t, good, "the bytes next to the region can be written");
}

static int try_deny(struct trial *t)
{
	struct tessera_event e;
	int status = begin_trial(t, TESSERA_ACTION_DENY);

	if (status != DONE)
		return status;
	report_result(t, !store_in_child(t, START), "deny: a program that writes gets a fault");
	report_result(t, t->page[START] == OLD, "the byte is unchanged");
	expect_event(t, TESSERA_ACTION_DENY, &e);
	try_neighbours(t);
	end_trial(t);
	return DONE;
}

static int try_discard(struct trial *t)
{
	struct tessera_event e;
	int status = begin_trial(t, TESSERA_ACTION_DISCARD);

	if (status != DONE)
		return status;
	report_result(t, store_in_child(t, START), "discard: a program that writes continues");
	report_result(t, t->page[START] == OLD, "the byte is unchanged");
	expect_event(t, TESSERA_ACTION_DISCARD, &e);
	try_neighbours(t);
	end_trial(t);
	return DONE;
}

static int try_audit(struct trial *t)
{
	struct tessera_event e = { 0 };
	int status = begin_trial(t, TESSERA_ACTION_AUDIT);

	if (status != DONE)
		return status;
	report_result(t, store_in_child(t, START) && t->page[START] == NEW,
		      "audit: the write happens");
	expect_event(t, TESSERA_ACTION_AUDIT, &e);
	report_result(t, e.before != e.after, "the event has the bytes before and after");
	end_trial(t);
	return DONE;
}

static int try_all(struct trial *t)
{
	struct tessera_info info;
	int status;

	if (tessera_get_info(t->fd, &info))
		return report_refusal("info");
	status = try_deny(t);
	if (status == DONE && !(info.features & TESSERA_FEATURE_STEP)) {
		printf("skipped: audit and discard, because this CPU cannot single-step\n");
		return DONE;
	}
	if (status == DONE)
		status = try_discard(t);
	return status == DONE ? try_audit(t) : status;
}

int run_selftest(int fd, const struct options *o)
{
	struct trial t = { .fd = fd };
	int status;

	(void)o;
	t.page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (t.page == MAP_FAILED)
		return report_failure("selftest");
	status = try_all(&t);
	munmap((void *)t.page, PAGE);
	if (status != DONE)
		return status;
	printf("selftest: %s\n", t.faults ? "FAILED: the protection does not hold" : "passed");
	return t.faults ? FAULTY : DONE;
}
