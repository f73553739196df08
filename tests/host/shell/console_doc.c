// SPDX-License-Identifier: MIT
// Sources: hv/lib/number.c
// Sources: hv/lib/format.c hv/core/log.c hv/lib/pool.c hv/console/commands.c hv/console/cmd/*.c
// Sources: hv/console/shell/*.c ept/*.c spp/*.c hv/core/power_off.c hv/core/guest_walk.c
// Sources: vmx/vmcs/names.c vmx/exit/timing.c tests/host/shell/fake_vm.c
// Sources: tests/host/shell/fake_guest.c
// Prints the page that is named with its command table made anew from hv/console/commands.c: what
// stands between the two marker lines is replaced, the rest is kept.
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "hv/console/shell/shell.h"

#define BEGIN "<!-- commands: made by `make docs-console` from hv/console/commands.c -->\n"
#define END   "<!-- end of commands -->\n"

// A '|' in a table's cell must be told from the end of the cell.
static void print_cell(const char *text)
{
	for (; *text; text++) {
		if (*text == '|')
			putchar('\\');
		putchar(*text);
	}
}

static void print_command(const struct command *c)
{
	printf("| `");
	print_cell(c->name);
	if (c->args[0])
		putchar(' ');
	print_cell(c->args);
	printf("` | ");
	print_cell(c->about);
	printf(" | `");
	print_cell(c->example);
	printf("` | %s |\n", c->changes ? "no" : "yes");
}

static void print_table(void)
{
	printf(BEGIN "\n| Command | What it does | Example | In lockdown |\n|---|---|---|---|\n");
	for (u32 i = 0; i < command_count; i++)
		print_command(&commands[i]);
	printf("\n" END);
}

int main(int argc, char **argv)
{
	FILE *page = argc == 2 ? fopen(argv[1], "r") : NULL;
	char line[1024];
	bool inside = false;
	bool found = false;

	if (!page) {
		fprintf(stderr, "usage: console_doc PAGE\n");
		return 2;
	}
	while (fgets(line, sizeof(line), page)) {
		if (strcmp(line, BEGIN) == 0) {
			print_table();
			inside = found = true;
		}
		if (!inside)
			fputs(line, stdout);
		if (strcmp(line, END) == 0)
			inside = false;
	}
	fclose(page);
	return found && !inside ? 0 : 1;
}
