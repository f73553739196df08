// SPDX-License-Identifier: MIT
// log: the hypervisor's log. Lines of the current log have the seconds since the hypervisor
// started.
#include <inttypes.h>
#include <stdio.h>

#include "lib/tessera.h"
#include "tools/json.h"
#include "tools/run.h"
#include "tools/messages.h"

static void line_text(const struct tessera_log_line *l, const struct tessera_statistics *s,
		      bool current)
{
	if (current && s->tsc_hz)
		printf("[%10.3f] ", (double)(int64_t)(l->tsc - s->started) / (double)s->tsc_hz);
	printf("%-5s cpu %u: %.*s\n", tessera_level_name(l->level), l->cpu, TESSERA_LOG_TEXT_SIZE,
	       l->text);
}

static void line_json(const struct tessera_log_line *l)
{
	struct json j = json_begin(stdout);

	json_number(&j, "sequence", l->sequence);
	json_number(&j, "tsc", l->tsc);
	json_number(&j, "cpu", l->cpu);
	json_text(&j, "level", tessera_level_name(l->level));
	json_text(&j, "text", l->text);
	json_end(&j);
}

int run_log(int fd, const struct options *o)
{
	bool current = !o->of[OPTION_previous].given;
	uint32_t log = current ? TESSERA_LOG_CURRENT : TESSERA_LOG_PREVIOUS;
	struct tessera_log_line lines[TESSERA_LOG_MAX];
	struct tessera_statistics s;
	uint64_t next = 1;
	int got;

	if (tessera_get_statistics(fd, &s))
		return report_refusal("log");
	while ((got = tessera_read_log(fd, log, next, lines)) > 0) {
		for (int i = 0; i < got; i++) {
			if (o->of[OPTION_json].given)
				line_json(&lines[i]);
			else
				line_text(&lines[i], &s, current);
		}
		next = lines[got - 1].sequence + 1;
	}
	return got < 0 ? report_refusal("log") : DONE;
}
