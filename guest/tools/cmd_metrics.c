// SPDX-License-Identifier: MIT
// metrics: the counters in Prometheus' text exposition format.
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "lib/tessera.h"
#include "tools/file.h"
#include "tools/exit_reasons.h"
#include "tools/run.h"
#include "tools/messages.h"

// Prometheus' types for the kinds of statistics in the ABI, and the suffixes of their names.
#define TYPE_GAUGE     "gauge"
#define TYPE_COUNTER   "counter"
#define SUFFIX_GAUGE   ""
#define SUFFIX_COUNTER "_total"

// The numbers of each rule, from struct tessera_rule.
// clang-format off
#define RULE_FAMILIES(X) \
	X("tessera_rule_regions",      "gauge",   regions, "regions that carry the rule") \
	X("tessera_rule_writes_total", "counter", writes,  "writes that met the rule") \
	X("tessera_rule_blocked_total", "counter", blocked, "of these, denied or discarded")
// clang-format on

static void print_family(FILE *to, const char *name, const char *type, const char *help)
{
	fprintf(to, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void print_label_value(FILE *to, const char *text)
{
	for (; *text; text++) {
		if (*text == '\\' || *text == '"')
			fputc('\\', to);
		fputc(*text, to);
	}
}

static void print_rule_labels(FILE *to, const struct tessera_rule *r)
{
	fputs("{name=\"", to);
	print_label_value(to, r->name);
	fprintf(to, "\",action=\"%s\"}", tessera_action_name(r->action));
}

// The value of a rule for family number n.
static uint64_t rule_number(const struct tessera_rule *r, unsigned int n)
{
#define RULE_MEMBER(name, type, member, help) r->member,
	const uint64_t numbers[] = { RULE_FAMILIES(RULE_MEMBER) };

	return numbers[n];
}

// The format wants all samples of a family together, so the rules are listed once for each family.
static int write_rules(int fd, FILE *to)
{
#define RULE_FAMILY(name, type, member, help) { name, type, help },
	static const struct {
		const char *name, *type, *help;
	} families[] = { RULE_FAMILIES(RULE_FAMILY) };
	struct tessera_rule r;
	int next = 0;

	for (unsigned int n = 0; n < sizeof(families) / sizeof(families[0]); n++) {
		print_family(to, families[n].name, families[n].type, families[n].help);
		do {
			next = tessera_get_rule(fd, next, &r);
			if (next < 0)
				return report_refusal("rules");
			fputs(families[n].name, to);
			print_rule_labels(to, &r);
			fprintf(to, " %" PRIu64 "\n", rule_number(&r, n));
		} while (next);
	}
	return DONE;
}

static void print_number(FILE *to, const char *name, const char *type, const char *help,
			 uint64_t value)
{
	print_family(to, name, type, help);
	fprintf(to, "%s %" PRIu64 "\n", name, value);
}

static void write_statistics(FILE *to, const struct tessera_statistics *s)
{
#define STATISTIC(name, kind, text) \
	print_number(to, "tessera_" #name SUFFIX_##kind, TYPE_##kind, text, s->name);
	TESSERA_STATISTICS(STATISTIC)
	print_family(to, "tessera_exits_total", "counter", "VM exits by reason");
	for (unsigned int reason = 0; reason < TESSERA_EXIT_REASONS; reason++)
		if (s->exits[reason])
			fprintf(to, "tessera_exits_total{reason=\"%s\"} %" PRIu64 "\n",
				reason_name(reason), s->exits[reason]);
}

static int write_all(int fd, FILE *to)
{
	struct tessera_info info;
	struct tessera_statistics s;

	if (tessera_get_info(fd, &info) || tessera_get_statistics(fd, &s))
		return report_refusal("metrics");
	print_family(to, "tessera_info", "gauge",
		     "always 1; the labels give ABI version and engine");
	fprintf(to, "tessera_info{abi=\"%u\",engine=\"%s\"} 1\n", info.abi,
		tessera_engine_name(info.engine));
	print_number(to, "tessera_guards", "gauge", "guards in force", info.guards);
	print_number(to, "tessera_held_pages", "gauge", "pages that the guards hold", info.held);
	write_statistics(to, &s);
	return write_rules(fd, to);
}

int run_metrics(int fd, const struct options *o)
{
	struct new_file file = { 0 };
	int status;

	if (!o->of[OPTION_out].given)
		return write_all(fd, stdout);
	if (!file_begin(&file, o->of[OPTION_out].text))
		return report_failure(o->of[OPTION_out].text);
	status = write_all(fd, file.to);
	if (status != DONE)
		file_abandon(&file);
	else if (!file_commit(&file))
		status = report_failure(o->of[OPTION_out].text);
	return status;
}
