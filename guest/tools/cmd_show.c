// SPDX-License-Identifier: MIT
// list, show, regions and rules: what is protected, and under which rules.
#include <errno.h>
#include <inttypes.h>

#include "lib/tessera.h"
#include "tools/json.h"
#include "tools/kernel_symbols.h"
#include "tools/rule_names.h"
#include "tools/run.h"
#include "tools/messages.h"

static const char *const spaces[] = {
	[TESSERA_SPACE_PHYSICAL] = "physical",
	[TESSERA_SPACE_KERNEL] = "kernel",
	[TESSERA_SPACE_PROCESS] = "process",
};

static const char *space_name(uint32_t space)
{
	return space < sizeof(spaces) / sizeof(spaces[0]) ? spaces[space] : "?";
}

// The options of a list.
struct printer {
	int fd;
	bool json, numeric;
};

static struct printer printer_of(int fd, const struct options *o)
{
	return (struct printer){ .fd = fd,
				 .json = o->of[OPTION_json].given,
				 .numeric = o->of[OPTION_numeric].given };
}

static void print_rule(const struct printer *p, uint32_t number)
{
	const char *name = p->numeric ? "" : rule_name(p->fd, number);

	if (*name)
		printf("  rule %s", name);
	else
		printf("  rule %u", number);
}

static void json_rule(const struct printer *p, struct json *j, uint32_t number)
{
	json_number(j, "rule", number);
	if (!p->numeric)
		json_text(j, "rule_name", rule_name(p->fd, number));
}

static bool guard_symbol(const struct printer *p, const struct tessera_guard *g,
			 char text[SYMBOL_TEXT_SIZE])
{
	return !p->numeric && g->space == TESSERA_SPACE_KERNEL &&
	       kernel_symbol_text(g->start, text);
}

static void guard_text(const struct printer *p, const struct tessera_guard *g)
{
	char symbol[SYMBOL_TEXT_SIZE];

	printf("%4u  %-8s 0x%" PRIx64 " %10" PRIu64 " bytes", g->number, space_name(g->space),
	       (uint64_t)g->start, (uint64_t)g->length);
	print_rule(p, g->rule);
	if (guard_symbol(p, g, symbol))
		printf("  <%s>", symbol);
	if (g->pid)
		printf("  of process %u", g->pid);
	if (g->creator_pid)
		printf("  until process %u ends", g->creator_pid);
	printf("%s\n", g->flags & TESSERA_GUARD_OPENED    ? "  NOT IN FORCE"
		       : g->flags & TESSERA_GUARD_UNKNOWN ? "  in force: unknown"
							  : "");
}

static void guard_json(const struct printer *p, const struct tessera_guard *g)
{
	struct json j = json_begin(stdout);
	char symbol[SYMBOL_TEXT_SIZE];

	json_number(&j, "guard", g->number);
	json_text(&j, "space", space_name(g->space));
	json_address(&j, "start", g->start);
	if (guard_symbol(p, g, symbol))
		json_text(&j, "symbol", symbol);
	json_number(&j, "length", g->length);
	json_rule(p, &j, g->rule);
	json_number(&j, "pid", g->pid);
	json_number(&j, "creator_pid", g->creator_pid);
	json_number(&j, "held_pages", g->held);
	json_text(&j, "in_force",
		  g->flags & TESSERA_GUARD_OPENED    ? "no"
		  : g->flags & TESSERA_GUARD_UNKNOWN ? "unknown"
						     : "yes");
	json_end(&j);
}

// A person has to learn that the memory is open, and a program by the exit status.
static int report_opened(const struct tessera_guard *g)
{
	if (!(g->flags & TESSERA_GUARD_OPENED))
		return DONE;
	report_error("guard %u is not in force: the operator or another client opened a part of it "
		     "or all of it, or the machine was devirtualized; remove it with `tesseractl "
		     "unprotect %u` and protect the memory again",
		     g->number, g->number);
	return REFUSED;
}

// The status of a list: ENOENT means that the last entry has been printed.
static int end_of_list(const char *what)
{
	return errno == ENOENT ? DONE : report_refusal(what);
}

int run_list(int fd, const struct options *o)
{
	const struct printer p = printer_of(fd, o);
	struct tessera_guard g = { .number = 1 };
	int status = DONE, end;

	for (; tessera_next_guard(fd, &g) == 0; g.number++) {
		(p.json ? guard_json : guard_text)(&p, &g);
		if (report_opened(&g) != DONE)
			status = REFUSED;
	}
	end = end_of_list("list");
	return end == DONE ? status : end;
}

static void rule_text(const struct tessera_rule *r)
{
	char name[TESSERA_NAME_SIZE];

	rule_name_printable(r->name, name);
	printf("%4u %-7s %7" PRIu64 " %12" PRIu64 " %12" PRIu64 "  %s%s\n", r->number,
	       tessera_action_name(r->action), (uint64_t)r->regions, (uint64_t)r->writes,
	       (uint64_t)r->blocked, name, r->flags & TESSERA_RULE_SEALED ? " (sealed)" : "");
}

static void rule_json(const struct tessera_rule *r)
{
	struct json j = json_begin(stdout);

	json_number(&j, "rule", r->number);
	json_text(&j, "name", r->name);
	json_text(&j, "action", tessera_action_name(r->action));
	json_number(&j, "regions", r->regions);
	json_number(&j, "writes", r->writes);
	json_number(&j, "blocked", r->blocked);
	json_bool(&j, "sealed", r->flags & TESSERA_RULE_SEALED);
	json_bool(&j, "builtin", r->flags & TESSERA_RULE_BUILTIN);
	json_end(&j);
}

static void shown_text(const struct printer *p, const struct tessera_guard *g,
		       const struct tessera_rule *r)
{
	char name[TESSERA_NAME_SIZE];

	rule_name_printable(r->name, name);
	guard_text(p, g);
	printf("      %" PRIu64 " pages held; rule %s: %s%s; %" PRIu64 " writes met it, %" PRIu64
	       " of them blocked\n",
	       (uint64_t)g->held, name, tessera_action_name(r->action),
	       r->flags & TESSERA_RULE_SEALED ? ", sealed until reset" : "", (uint64_t)r->writes,
	       (uint64_t)r->blocked);
}

int run_show(int fd, const struct options *o)
{
	const struct printer p = printer_of(fd, o);
	struct tessera_guard g = { 0 };
	struct tessera_rule r;
	uint32_t wanted = 0;

	guard_number(o, &wanted);
	g.number = wanted;
	if (tessera_next_guard(fd, &g))
		return report_refusal("show");
	if (g.number != wanted) {
		report_error("show: there is no guard %u: see `tesseractl list`", wanted);
		return REFUSED;
	}
	if (tessera_get_rule(fd, g.rule, &r) < 0)
		return report_refusal("show");
	if (!p.json) {
		shown_text(&p, &g, &r);
	} else {
		guard_json(&p, &g);
		rule_json(&r);
	}
	return report_opened(&g);
}

static void region_text(const struct printer *p, const struct tessera_region *r)
{
	printf("0x%012" PRIx64 " %10" PRIu64 " bytes", (uint64_t)r->gpa, (uint64_t)r->length);
	print_rule(p, r->rule);
	printf("\n");
}

static void region_json(const struct printer *p, const struct tessera_region *r)
{
	struct json j = json_begin(stdout);

	json_address(&j, "gpa", r->gpa);
	json_number(&j, "length", r->length);
	json_rule(p, &j, r->rule);
	json_end(&j);
}

int run_regions(int fd, const struct options *o)
{
	const struct printer p = printer_of(fd, o);
	struct tessera_region r;

	for (uint64_t i = 0; tessera_get_region(fd, i, &r) == 0; i++)
		(p.json ? region_json : region_text)(&p, &r);
	return end_of_list("regions");
}

int run_rules(int fd, const struct options *o)
{
	bool json = o->of[OPTION_json].given;
	struct tessera_rule r;
	int next = 0;

	if (!json)
		printf("rule action  regions       writes      blocked  name\n");
	do {
		next = tessera_get_rule(fd, next, &r);
		if (next < 0)
			return report_refusal("rules");
		(json ? rule_json : rule_text)(&r);
	} while (next);
	return DONE;
}
