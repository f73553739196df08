// SPDX-License-Identifier: MIT
// tesseractl: says what the hypervisor guards, and changes it. Exit status: 0 done, 1 refused or
// impossible, 2 wrong usage.
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/tessera.h"
#include "tools/options.h"

enum { DONE = 0, REFUSED = 1, USAGE = 2 };

typedef int (*command_run)(int fd, int argc, char **argv);

static int refused(const char *what)
{
	fprintf(stderr, "tesseractl: %s: %s\n", what, tessera_explain(errno));
	return REFUSED;
}

// What a list ends with: past the last entry, or an error.
static int end_of_list(const char *what)
{
	return errno == ENOENT ? DONE : refused(what);
}

static int info(int fd, int argc, char **argv)
{
	struct tessera_info i;

	(void)argc;
	(void)argv;
	if (tessera_get_info(fd, &i))
		return refused("info");
	printf("ABI         %u\n", i.abi);
	printf("engine      %s\n", i.engine == TESSERA_ENGINE_HARDWARE ? "hardware" : "software");
	printf("steps       %s\n", i.features & TESSERA_FEATURE_STEP ? "yes" : "no");
	printf("processors  %u\n", i.cpus);
	printf("regions     %" PRIu64 "\n", (uint64_t)i.regions);
	printf("denied      %" PRIu64 " writes\n", (uint64_t)i.denied);
	printf("free        %" PRIu64 " KiB\n", (uint64_t)i.free_pages * 4);
	return DONE;
}

static int rules(int fd, int argc, char **argv)
{
	struct tessera_rule r;
	int next = 0;

	(void)argc;
	(void)argv;
	printf("rule action  regions       writes       denied  name\n");
	do {
		next = tessera_get_rule(fd, next, &r);
		if (next < 0)
			return refused("rules");
		printf("%4u %-7s %7" PRIu64 " %12" PRIu64 " %12" PRIu64 "  %s%s\n", r.number,
		       tessera_action_name(r.action), r.regions, r.writes, r.denied, r.name,
		       r.flags & TESSERA_RULE_SEALED ? " (sealed)" : "");
	} while (next);
	return DONE;
}

static int regions(int fd, int argc, char **argv)
{
	struct tessera_region r;

	(void)argc;
	(void)argv;
	for (uint64_t i = 0; tessera_get_region(fd, i, &r) == 0; i++)
		printf("0x%012" PRIx64 " %10" PRIu64 " bytes  rule %u\n", r.gpa, r.length, r.rule);
	return end_of_list("regions");
}

static int list(int fd, int argc, char **argv)
{
	struct tessera_guard g = { 0 };

	(void)argc;
	(void)argv;
	for (g.number = 1; tessera_next_guard(fd, &g) == 0; g.number++)
		printf("%4u  %s 0x%" PRIx64 " %10" PRIu64 " bytes  rule %u\n", g.number,
		       g.space == TESSERA_SPACE_KERNEL ? "kernel  " : "physical", (uint64_t)g.start,
		       (uint64_t)g.length, g.rule);
	return end_of_list("list");
}

// Where the options say that the memory is.
static int locate(const struct options *o, struct tessera_guard *g)
{
	uint64_t address;

	if (!!o->symbol == o->has_phys || !o->has_length) {
		fprintf(stderr, "tesseractl: protect wants --len, and --phys or --symbol\n");
		return USAGE;
	}
	g->length = o->length;
	if (o->has_phys) {
		g->space = TESSERA_SPACE_PHYSICAL;
		g->start = o->phys;
		return DONE;
	}
	g->space = TESSERA_SPACE_KERNEL;
	if (tessera_symbol(o->symbol, o->module, &address))
		return refused(o->symbol);
	g->start = address;
	return DONE;
}

// The rule that the options ask for; it is made if there is none of that name. *made tells which.
static int choose_rule(int fd, const struct options *o, struct tessera_rule *rule, int *made)
{
	const char *name = o->name ? o->name : o->action ? o->action : "deny";
	uint32_t action = TESSERA_ACTION_DENY;

	*made = 0;
	if (strlen(name) >= TESSERA_NAME_SIZE) {
		fprintf(stderr, "tesseractl: a rule's name has at most %u characters\n",
			TESSERA_NAME_SIZE - 1);
		return USAGE;
	}
	if (o->action && tessera_action_read(o->action, &action)) {
		fprintf(stderr, "tesseractl: %s is no action: audit, discard, deny or freeze\n",
			o->action);
		return USAGE;
	}
	if (tessera_find_rule(fd, name, rule) == 0) {
		if (rule->action == action)
			return DONE;
		fprintf(stderr, "tesseractl: the rule %s has another action: %s\n", name,
			tessera_action_name(rule->action));
		return REFUSED;
	}
	if (errno != ENOENT)
		return refused(name);
	*rule = (struct tessera_rule){ .action = action };
	snprintf(rule->name, sizeof(rule->name), "%s", name);
	*made = 1;
	return tessera_create_rule(fd, rule) ? refused(name) : DONE;
}

static int protect(int fd, int argc, char **argv)
{
	struct tessera_guard guard = { 0 };
	struct tessera_rule rule;
	struct options o;
	int status, made;

	if (!options_read(&o, argc, argv))
		return USAGE;
	status = locate(&o, &guard);
	if (status == DONE)
		status = choose_rule(fd, &o, &rule, &made);
	if (status != DONE)
		return status;
	guard.rule = rule.number;
	guard.flags = o.has_seconds ? 0 : TESSERA_GUARD_KEEP;
	if (tessera_guard(fd, &guard)) {
		status = refused("protect");
		if (made)
			tessera_delete_rule(fd, rule.number);
		return status;
	}
	printf("guard %u: %" PRIu64 " bytes, %s\n", guard.number, (uint64_t)guard.length,
	       tessera_action_name(rule.action));
	fflush(stdout);
	// The guard ends with us, however we end.
	if (o.has_seconds)
		sleep((unsigned int)o.seconds);
	return DONE;
}

static int unprotect(int fd, int argc, char **argv)
{
	uint64_t number;

	if (argc != 1 || !number_read(argv[0], &number) || number > UINT32_MAX) {
		fprintf(stderr, "tesseractl: unprotect wants the number of a guard: see list\n");
		return USAGE;
	}
	return tessera_unguard(fd, (uint32_t)number) ? refused("unprotect") : DONE;
}

static int seal(int fd, int argc, char **argv)
{
	struct tessera_rule rule;

	if (argc != 1) {
		fprintf(stderr, "tesseractl: seal wants the name of a rule: see rules\n");
		return USAGE;
	}
	if (tessera_find_rule(fd, argv[0], &rule) || tessera_seal_rule(fd, rule.number))
		return refused(argv[0]);
	return DONE;
}

static const struct command {
	const char *name, *arguments, *help;
	command_run run;
} commands[] = {
	{ "info", "", "the hypervisor in numbers", info },
	{ "list", "", "the memory that this system guards", list },
	{ "regions", "", "all that is protected, whoever did it", regions },
	{ "rules", "", "what happens on a write, and how often it did", rules },
	{ "protect",
	  "--symbol NAME [--module NAME] | --phys ADDR, --len N [--action ACTION] [--name RULE] "
	  "[--for SECONDS]",
	  "write-protects memory, until `unprotect` or for a time; ACTION is audit, discard, deny "
	  "or freeze",
	  protect },
	{ "unprotect", "GUARD", "opens what `list` shows under that number", unprotect },
	{ "seal", "RULE", "makes a rule impossible to loosen until reset", seal },
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static void usage(FILE *to)
{
	fprintf(to, "usage: tesseractl COMMAND ...\n");
	for (size_t i = 0; i < COMMANDS; i++)
		fprintf(to, "  %s %s\n      %s\n", commands[i].name, commands[i].arguments,
			commands[i].help);
}

static const struct command *find(const char *name)
{
	for (size_t i = 0; i < COMMANDS; i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

int main(int argc, char **argv)
{
	const struct command *c = argc > 1 ? find(argv[1]) : NULL;
	int fd, status;

	if (argc == 2 && strcmp(argv[1], "help") == 0) {
		usage(stdout);
		return DONE;
	}
	if (!c) {
		usage(stderr);
		return USAGE;
	}
	fd = tessera_open();
	if (fd < 0) {
		fprintf(stderr,
			"tesseractl: " TESSERA_DEVICE ": %s: be root, and load the driver "
			"(modprobe tessera)\n",
			strerror(errno));
		return REFUSED;
	}
	status = c->run(fd, argc - 2, argv + 2);
	close(fd);
	return status;
}
