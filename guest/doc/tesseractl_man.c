// SPDX-License-Identifier: MIT
// Prints the manual page tesseractl(8), made from the tables that the tool itself is made from.
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "tools/commands.h"
#include "tools/policy_file.h"

// Prints text with the characters escaped that troff would interpret.
static void print_escaped(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (text[i] == '\\')
			fputs("\\e", stdout);
		else if (text[i] == '-')
			fputs("\\-", stdout);
		else if (text[i] == '\'')
			fputs("\\(cq", stdout);
		else
			putchar(text[i]);
	}
}

static size_t count_capitals(const char *word)
{
	size_t length = 0;

	while (isupper((unsigned char)word[length]))
		length++;
	return length;
}

// Prints a synopsis: options in bold, placeholders (words in capitals) in italics.
static void print_words(const char *text)
{
	while (*text) {
		size_t capital = count_capitals(text), option = 0;

		if (strncmp(text, "--", 2) == 0)
			option = 2 + strspn(text + 2, "abcdefghijklmnopqrstuvwxyz");
		if (option || capital > 1 || (capital && strchr(" ]|,", text[capital]))) {
			size_t length = option ? option : capital;

			fputs(option ? "\\fB" : "\\fI", stdout);
			print_escaped(text, length);
			fputs("\\fR", stdout);
			text += length;
		} else {
			print_escaped(text++, 1);
		}
	}
}

static void print_prose(const char *text)
{
	print_escaped(text, strlen(text));
	putchar('\n');
}

static void print_commands(void)
{
	printf(".SH COMMANDS\n");
	for (unsigned int c = 0; c < COMMAND_COUNT; c++) {
		const struct command_row *row = &command_rows[c];

		printf(".TP\n\\fB%s\\fR ", row->name);
		print_words(row->arguments);
		putchar('\n');
		putchar(toupper((unsigned char)row->help[0]));
		print_escaped(row->help + 1, strlen(row->help + 1));
		printf(".\n");
		if (*row->text)
			print_prose(row->text);
		printf(".br\n\\fIExample:\\fR ");
		print_prose(row->example);
	}
}

static void print_options(void)
{
	printf(".SH OPTIONS\nA number is decimal, or hexadecimal after 0x; K, M or G may follow "
	       "it.\n");
	for (unsigned int o = 0; o < OPTION_COUNT; o++) {
		printf(".TP\n\\fB\\-\\-%s\\fR", option_rows[o].name);
		if (option_rows[o].value)
			printf(" \\fI%s\\fR", option_rows[o].value);
		putchar('\n');
		print_prose(option_rows[o].help);
	}
}

static void print_policy_file(void)
{
#define POLICY_ROW(word, arguments, help) { #word, arguments, help },
	static const struct {
		const char *word, *arguments, *help;
	} lines[] = { POLICY_LINES(POLICY_ROW) };

	printf(".SH POLICY FILE\nEach line is one of the following. A # at the start of a line or "
	       "after a blank begins a comment.\nA rule must be defined above the lines that use "
	       "it.\n");
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		printf(".TP\n\\fB%s\\fR ", lines[i].word);
		print_words(lines[i].arguments);
		putchar('\n');
		print_prose(lines[i].help);
	}
	printf(".PP\nFor example:\n.PP\n.nf\n.RS\n"
	       "rule   syscalls deny\n"
	       "region syscalls symbol sys_call_table\n"
	       "seal   syscalls\n"
	       ".RE\n.fi\n");
}

static void print_exit_status(void)
{
	printf(".SH EXIT STATUS\n");
#define STATUS_ROW(name, number, text) printf(".TP\n\\fB%d\\fR\n", number), print_prose(text);
	STATUSES(STATUS_ROW)
}

static void print_files(void)
{
	static const struct {
		const char *name, *text;
	} rows[] = {
		{ "/dev/tessera", "the driver's device, accessible by root only" },
		{ "tessera-events.service",
		  "writes each event to the journal; enable it to keep events over a reboot" },
		{ "/etc/tessera/policy.conf",
		  "the policy that tessera-policy.service applies at boot" },
		{ "/usr/lib/tessera/BOOTX64.EFI, tessera.conf",
		  "the loader and its settings, which install copies" },
		{ "/var/lib/tessera/installed",
		  "what install changed, so that remove can undo it" },
	};

	printf(".SH FILES\n");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		printf(".TP\n\\fI");
		print_escaped(rows[i].name, strlen(rows[i].name));
		printf("\\fR\n");
		print_prose(rows[i].text);
	}
}

int main(int argc, char **argv)
{
	const char *date = argc == 2 ? argv[1] : "";

	if (!*date) {
		fprintf(stderr, "usage: tesseractl_man DATE\n");
		return 2;
	}
	printf(".\\\" SPDX-License-Identifier: MIT\n.TH TESSERACTL 8 %s \"Tessera " TESSERA_VERSION
	       "\" \"System administration\"\n",
	       date);
	printf(".nh\n.ad l\n.SH NAME\ntesseractl \\- show and change what the Tessera hypervisor "
	       "protects\n"
	       ".SH SYNOPSIS\n.B tesseractl\n\\fICOMMAND\\fR\n.RI [ WORD ]\n.RI [ OPTION \" "
	       "...]\"\n"
	       ".SH DESCRIPTION\nTessera is a hypervisor that runs below this system and "
	       "write\\-protects chosen bytes of memory, against the kernel too.\n"
	       ".B tesseractl\ncontrols it through its driver. It must be run by root.\n");
	print_commands();
	print_options();
	print_policy_file();
	print_exit_status();
	print_files();
	printf(".SH SEE ALSO\n.BR efibootmgr (8),\n.BR modprobe (8),\n.BR systemctl (1)\n");
	return 0;
}
