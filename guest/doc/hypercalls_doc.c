// SPDX-License-Identifier: MIT
// hypercalls_doc PAGE FOLDER prints PAGE with new tables, made from the ABI header, and with the
// examples in FOLDER. It replaces the text between "<!-- NAME: ... -->" and "<!-- end of NAME -->"
// and keeps the rest. The page therefore has the numbers and offsets that the compiler sees, and
// the examples that the tests run.
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tessera/hypercall.h"

// The page's text about the ring relies on these offsets.
_Static_assert(sizeof(struct tessera_ring) == 64, "a header as large as a record");
_Static_assert(sizeof(struct tessera_event) == 64, "a record of 64 bytes");

#define MADE "made by `make docs-hypercalls` from hypercall.h"

#define CALL_ROW(name, number, key, lockdown, arguments, value)                        \
	printf("| %d | `%s` | %s | %s | %s | %s |\n", number, #name, arguments, value, \
	       (key) ? "yes" : "no", (lockdown) ? "works" : "refused");

static void print_calls(void)
{
	printf("| RAX | Call | RDI, RSI, RDX, RCX | Value in RDX | Needs the key | In lockdown |\n"
	       "|--:|---|---|---|---|---|\n");
	TESSERA_CALLS(CALL_ROW)
}

#define TEXT_ROW(name, number, text) printf("| %d | `%s` | %s |\n", number, #name, text);

static void print_errors(void)
{
	printf("| RAX | Name | What it says to a person |\n|--:|---|---|\n");
	TESSERA_ERRORS(TEXT_ROW)
}

static void print_queries(void)
{
	printf("| RDI | Name | What RDX tells |\n|--:|---|---|\n");
	TESSERA_QUERIES(TEXT_ROW)
}

#define ACTION_ROW(name, number, text, meaning) \
	printf("| %d | `%s` | %s | %s |\n", number, #name, text, meaning);

static void print_actions(void)
{
	printf("| Number | Name | Console | What it means |\n|--:|---|---|---|\n");
	TESSERA_ACTIONS(ACTION_ROW)
}

#define CONSTANT_ROW(name) printf("| `%s` | 0x%x |\n", #name, (unsigned int)(name));

static void print_constants(void)
{
	printf("| Name | Value |\n|---|--:|\n");
	CONSTANT_ROW(TESSERA_ABI_VERSION)
	CONSTANT_ROW(TESSERA_CPUID_BASE)
	CONSTANT_ROW(TESSERA_CPUID_FEATURES)
	CONSTANT_ROW(TESSERA_FEATURE_SPP)
	CONSTANT_ROW(TESSERA_FEATURE_STEP)
	CONSTANT_ROW(TESSERA_TILE_SIZE)
	CONSTANT_ROW(TESSERA_TILES_PER_PAGE)
	CONSTANT_ROW(TESSERA_ACCESS_MAX)
	CONSTANT_ROW(TESSERA_NAME_SIZE)
	CONSTANT_ROW(TESSERA_ENGINE_SOFTWARE)
	CONSTANT_ROW(TESSERA_ENGINE_HARDWARE)
	CONSTANT_ROW(TESSERA_RULE_DENY)
	CONSTANT_ROW(TESSERA_RULE_ACCESS)
	CONSTANT_ROW(TESSERA_RULE_SEALED)
	CONSTANT_ROW(TESSERA_RULE_BUILTIN)
	CONSTANT_ROW(TESSERA_BATCH_MAX)
	CONSTANT_ROW(TESSERA_CHANGE_MAX)
	CONSTANT_ROW(TESSERA_RING_PAGES)
	CONSTANT_ROW(TESSERA_EXIT_REASONS)
	CONSTANT_ROW(TESSERA_LOG_CURRENT)
	CONSTANT_ROW(TESSERA_LOG_PREVIOUS)
	CONSTANT_ROW(TESSERA_LOG_MAX)
	CONSTANT_ROW(TESSERA_LOG_TEXT_SIZE)
	CONSTANT_ROW(TESSERA_EVENT_CPL)
	CONSTANT_ROW(TESSERA_EVENT_DELIVERY)
}

// Rows of a struct's table. The page itself explains the fields.
#define FIELD(type, field)                                             \
	printf("| %zu | %zu | `%s` |\n", offsetof(struct type, field), \
	       sizeof(((struct type *)0)->field), #field);

#define STRUCT(type)                                                       \
	printf("`struct " #type "`, %zu bytes:\n\n", sizeof(struct type)); \
	printf("| Offset | Bytes | Field |\n|--:|--:|---|\n")

static void print_rule(void)
{
	STRUCT(tessera_rule);
	FIELD(tessera_rule, number)
	FIELD(tessera_rule, action)
	FIELD(tessera_rule, flags)
	FIELD(tessera_rule, tag)
	FIELD(tessera_rule, name)
	FIELD(tessera_rule, writes)
	FIELD(tessera_rule, blocked)
	FIELD(tessera_rule, regions)
}

static void print_region(void)
{
	STRUCT(tessera_region);
	FIELD(tessera_region, gpa)
	FIELD(tessera_region, length)
	FIELD(tessera_region, rule)
	FIELD(tessera_region, reserved)
}

static void print_operation(void)
{
	STRUCT(tessera_operation);
	FIELD(tessera_operation, call)
	FIELD(tessera_operation, rule)
	FIELD(tessera_operation, address)
	FIELD(tessera_operation, length)
	FIELD(tessera_operation, reserved)
}

static void print_ring(void)
{
	STRUCT(tessera_ring);
	FIELD(tessera_ring, version)
	FIELD(tessera_ring, records)
	FIELD(tessera_ring, head)
	FIELD(tessera_ring, tail)
	FIELD(tessera_ring, dropped)
	FIELD(tessera_ring, reserved)
}

static void print_event(void)
{
	STRUCT(tessera_event);
	FIELD(tessera_event, tsc)
	FIELD(tessera_event, gpa)
	FIELD(tessera_event, gva)
	FIELD(tessera_event, rip)
	FIELD(tessera_event, before)
	FIELD(tessera_event, after)
	FIELD(tessera_event, sequence)
	FIELD(tessera_event, cr3_page)
	FIELD(tessera_event, rule)
	FIELD(tessera_event, cpu)
	FIELD(tessera_event, action)
	FIELD(tessera_event, size)
	FIELD(tessera_event, info)
}

#define COUNTER_ROW(name, kind, text)                                                             \
	printf("| %zu | `%s` | %s%s |\n", offsetof(struct tessera_statistics, name), #name, text, \
	       strcmp(#kind, "COUNTER") ? "" : " (grows only)");

static void print_statistics(void)
{
	printf("`struct tessera_statistics`, %zu bytes, words of 8 bytes:\n\n",
	       sizeof(struct tessera_statistics));
	printf("| Offset | Field | What it tells |\n|--:|---|---|\n");
	printf("| 0 | `exits[%u]` | VM exits of all CPUs, by the basic exit reason of "
	       "Intel's "
	       "manual (grow only) |\n",
	       TESSERA_EXIT_REASONS);
	TESSERA_STATISTICS(COUNTER_ROW)
}

static void print_log_line(void)
{
	STRUCT(tessera_log_line);
	FIELD(tessera_log_line, sequence)
	FIELD(tessera_log_line, tsc)
	FIELD(tessera_log_line, cpu)
	FIELD(tessera_log_line, level)
	FIELD(tessera_log_line, ready)
	FIELD(tessera_log_line, text)
}

// clang-format off
static const struct section {
	const char *name;
	void (*print)(void);
} sections[] = {
	{ "calls", print_calls },         { "errors", print_errors },
	{ "queries", print_queries },     { "actions", print_actions },
	{ "constants", print_constants }, { "rule", print_rule },
	{ "region", print_region },       { "ring", print_ring },
	{ "event", print_event },         { "statistics", print_statistics },
	{ "log line", print_log_line },   { "operation", print_operation },
};
// clang-format on

#define SECTIONS  (sizeof(sections) / sizeof(sections[0]))

#define LINE_SIZE 1024
#define NAME_SIZE 40

// True for a line "<!-- NAME: ... -->", whose NAME is copied.
static bool begins_with(const char *line, char *name)
{
	size_t length;

	if (strncmp(line, "<!-- ", 5) != 0 || strncmp(line + 5, "end of ", 7) == 0)
		return false;
	length = strcspn(line + 5, ":\n");
	if (line[5 + length] != ':' || length >= NAME_SIZE)
		return false;
	memcpy(name, line + 5, length);
	name[length] = 0;
	return true;
}

static bool print_table(const char *name)
{
	for (size_t i = 0; i < SECTIONS; i++) {
		if (strcmp(sections[i].name, name) != 0)
			continue;
		printf("<!-- %s: " MADE " -->\n\n", name);
		sections[i].print();
		printf("\n<!-- end of %s -->\n", name);
		return true;
	}
	return false;
}

#define EXAMPLE "example "

// Prints a file without the line with its licence.
static bool print_example(const char *name, const char *folder)
{
	char path[4096], line[LINE_SIZE];
	FILE *file;

	if (strncmp(name, EXAMPLE, strlen(EXAMPLE)) != 0)
		return false;
	snprintf(path, sizeof(path), "%s/%s.c", folder, name + strlen(EXAMPLE));
	file = fopen(path, "r");
	if (!file || !fgets(line, sizeof(line), file))
		return false;
	printf("<!-- %s: from guest/examples -->\n\n```c\n", name);
	while (fgets(line, sizeof(line), file))
		fputs(line, stdout);
	printf("```\n\n<!-- end of %s -->\n", name);
	fclose(file);
	return true;
}

static void skip_table(FILE *page, const char *name)
{
	char line[LINE_SIZE], end[LINE_SIZE];

	snprintf(end, sizeof(end), "<!-- end of %s -->\n", name);
	while (fgets(line, sizeof(line), page))
		if (strcmp(line, end) == 0)
			return;
	exit(1); // a table without an end is a mistake in the page
}

int main(int argc, char **argv)
{
	FILE *page = argc == 3 ? fopen(argv[1], "r") : NULL;
	char line[LINE_SIZE], name[NAME_SIZE];
	size_t tables = 0;

	if (!page) {
		fprintf(stderr, "usage: hypercalls_doc PAGE EXAMPLES\n");
		return 2;
	}
	while (fgets(line, sizeof(line), page)) {
		if (!begins_with(line, name)) {
			fputs(line, stdout);
		} else if (print_table(name)) {
			tables++;
			skip_table(page, name);
		} else if (print_example(name, argv[2])) {
			skip_table(page, name);
		} else {
			return 1;
		}
	}
	fclose(page);
	return tables == SECTIONS ? 0 : 1; // a table that the page lacks is a mistake in the page
}
