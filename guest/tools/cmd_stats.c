// SPDX-License-Identifier: MIT
// stats: every counter of the hypervisor, from the table in the ABI header.
#include <inttypes.h>

#include "lib/tessera.h"
#include "tools/json.h"
#include "tools/exit_reasons.h"
#include "tools/run.h"
#include "tools/messages.h"

#define ROW(name, kind, text) { #name, text, offsetof(struct tessera_statistics, name) },
static const struct {
	const char *name, *text;
	size_t offset;
} rows[] = { TESSERA_STATISTICS(ROW) };

#define ROWS (sizeof(rows) / sizeof(rows[0]))

static uint64_t statistic_value(const struct tessera_statistics *s, size_t row)
{
	return *(const uint64_t *)((const char *)s + rows[row].offset);
}

static void statistics_text(const struct tessera_statistics *s)
{
	for (size_t i = 0; i < ROWS; i++)
		printf("%-17s %20" PRIu64 "  %s\n", rows[i].name, statistic_value(s, i),
		       rows[i].text);
	for (unsigned int reason = 0; reason < TESSERA_EXIT_REASONS; reason++)
		if (s->exits[reason])
			printf("exits %2u          %20" PRIu64 "  %s\n", reason, s->exits[reason],
			       reason_name(reason));
}

static void statistics_json(const struct tessera_statistics *s)
{
	struct json j = json_begin(stdout);

	for (size_t i = 0; i < ROWS; i++)
		json_number(&j, rows[i].name, statistic_value(s, i));
	for (unsigned int reason = 0; reason < TESSERA_EXIT_REASONS; reason++) {
		char name[64];

		snprintf(name, sizeof(name), "exits_%s", reason_name(reason));
		if (s->exits[reason])
			json_number(&j, name, s->exits[reason]);
	}
	json_end(&j);
}

int run_stats(int fd, const struct options *o)
{
	struct tessera_statistics s;

	if (tessera_get_statistics(fd, &s))
		return report_refusal("stats");
	if (o->of[OPTION_json].given)
		statistics_json(&s);
	else
		statistics_text(&s);
	return DONE;
}
