// SPDX-License-Identifier: MIT
// heat: audits a target for a time and draws which of its tiles were written.
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/tessera.h"
#include "tools/file.h"
#include "tools/interrupt.h"
#include "tools/target.h"
#include "tools/rule_choice.h"
#include "tools/run.h"
#include "tools/messages.h"
#include "tools/tiles.h"

#define SECONDS 10
#define AT_ONCE 256
#define GLANCE  100 // milliseconds to wait for events before looking at the time again

static uint64_t now_in_milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

// Collects the pages of the target: all physical regions under the rule that was made for it.
static int learn_pages(int fd, uint32_t rule, struct tiles *tiles)
{
	struct tessera_region r;

	for (uint64_t i = 0; tessera_get_region(fd, i, &r) == 0; i++) {
		if (r.rule != rule || tiles_add(tiles, r.gpa, r.length))
			continue;
		if (errno != EFBIG)
			return report_failure("heat");
		report_error("heat: the target has more than %u pages: give a shorter --len",
			     TILES_PAGES_MAX);
		return REFUSED;
	}
	return errno == ENOENT ? DONE : report_refusal("regions");
}

static int count_writes(int fd, uint32_t rule, uint64_t seconds, struct tiles *tiles)
{
	uint64_t end = now_in_milliseconds() + seconds * 1000;
	struct tessera_event events[AT_ONCE];
	struct tessera_events state;
	int got;

	do {
		got = tessera_read_events(fd, events, AT_ONCE, GLANCE);
		for (int i = 0; i < got; i++)
			if (events[i].rule == rule)
				tiles_count(tiles, events[i].gpa);
	} while (got >= 0 && now_in_milliseconds() < end);
	if ((got < 0 && !interrupt_seen()) || tessera_get_events(fd, &state))
		return report_refusal("events");
	tiles->lost = state.missed + state.dropped;
	return DONE;
}

static int audit_target(int fd, const struct options *o, struct tessera_guard *guard,
			struct tiles *tiles)
{
	uint64_t seconds = o->of[OPTION_for].given ? o->of[OPTION_for].number : SECONDS;
	struct rule_choice choice;
	char name[TESSERA_NAME_SIZE];
	int status;

	snprintf(name, sizeof(name), "heat-%d", (int)getpid());
	status = rule_find_or_create(fd, name, TESSERA_ACTION_AUDIT, &choice);
	if (status != DONE)
		return status;
	guard->rule = choice.rule.number;
	if (tessera_guard(fd, guard)) {
		status = report_refusal("heat");
	} else {
		status = learn_pages(fd, guard->rule, tiles);
		if (status == DONE)
			status = count_writes(fd, guard->rule, seconds, tiles);
		tessera_unguard(fd, guard->number);
	}
	rule_undo(fd, &choice);
	return status;
}

static int draw_picture(const struct options *o, const struct tiles *tiles)
{
	const char *path = o->of[OPTION_out].text;
	struct new_file file = { 0 };
	char title[WHY_SIZE];

	snprintf(title, sizeof(title), "%s%s%s",
		 o->of[OPTION_module].given ? o->of[OPTION_module].text : "",
		 o->of[OPTION_module].given ? " " : "",
		 o->of[OPTION_symbol].given    ? o->of[OPTION_symbol].text
		 : o->of[OPTION_section].given ? o->of[OPTION_section].text
		 : o->of[OPTION_module].given  ? ""
					       : "memory");
	if (!file_begin(&file, path))
		return report_failure(path);
	tiles_draw(tiles, title, file.to);
	if (!file_commit(&file))
		return report_failure(path);
	printf("%s: %zu pages, %" PRIu64 " writes; %" PRIu64 " events were missed or dropped\n",
	       path, tiles->count, tiles->writes, tiles->lost);
	return DONE;
}

int run_heat(int fd, const struct options *o)
{
	struct tessera_guard guard;
	struct tiles tiles = { 0 };
	char why[WHY_SIZE];
	int status;

	if (!target_find(o, &guard, why)) {
		report_error("heat: %s", why);
		return REFUSED;
	}
	interrupt_catch(); // a signal ends the wait: the picture is drawn and the rule removed
	status = audit_target(fd, o, &guard, &tiles);
	if (status == DONE)
		status = draw_picture(o, &tiles);
	tiles_free(&tiles);
	return status;
}
