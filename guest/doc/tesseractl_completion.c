// SPDX-License-Identifier: MIT
// Prints the bash completion of tesseractl, made from the tables that the tool itself is made from.
// It does not need the package bash-completion.
#include <stdio.h>

#include "lib/tessera.h"
#include "tools/commands.h"

// The shell command that lists the candidates of each kind of words; ${word} is the beginning that
// was typed.
static const char *const lists[] = {
	[WORDS_NONE] = NULL,
	[WORDS_SYMBOLS] = "compgen -W \"$(awk -v at=\"$word\" 'index($3, at) == 1 { print $3 }' "
			  "/proc/kallsyms 2>/dev/null | head -n 200)\" -- \"$word\"",
	[WORDS_MODULES] = "compgen -W \"$(cut -d ' ' -f 1 /proc/modules 2>/dev/null)\" -- "
			  "\"$word\"",
	[WORDS_SECTIONS] = "compgen -W \"$(ls -A \"/sys/module/$module/sections\" 2>/dev/null)\" "
			   "-- \"$word\"",
	[WORDS_ACTIONS] = "_tesseractl_actions",
	[WORDS_RULES] = "compgen -W \"$(tesseractl rules --json 2>/dev/null | sed -n "
			"'s/.*\"name\": \"\\([^\"]*\\)\".*/\\1/p')\" -- \"$word\"",
	[WORDS_GUARDS] = "compgen -W \"$(tesseractl list --json 2>/dev/null | sed -n "
			 "'s/.*\"guard\": \\([0-9]*\\).*/\\1/p')\" -- \"$word\"",
	[WORDS_FILES] = "compgen -f -- \"$word\"",
	[WORDS_FOLDERS] = "compgen -d -- \"$word\"",
	[WORDS_PIDS] = "compgen -W \"$(cd /proc && echo [0-9]*)\" -- \"$word\"",
};

static void print_case(const char *pattern, enum words words)
{
	if (lists[words])
		printf("\t%s) %s ;;\n", pattern, lists[words]);
}

static void print_actions(void)
{
	printf("_tesseractl_actions()\n{\n\tcompgen -W \"");
	for (uint32_t a = TESSERA_ACTION_AUDIT; a < TESSERA_ACTION_COUNT; a++)
		printf("%s%s", tessera_action_name(a), a + 1 < TESSERA_ACTION_COUNT ? " " : "");
	printf("\" -- \"$word\"\n}\n\n");
}

static void print_option_values(void)
{
	printf("# Lists the values of an option. Fails for an option without a value.\n"
	       "_tesseractl_values()\n{\n\tcase $1 in\n");
	for (unsigned int o = 0; o < OPTION_COUNT; o++) {
		char pattern[32];

		if (option_rows[o].kind == KIND_FLAG)
			continue;
		snprintf(pattern, sizeof(pattern), "--%s", option_rows[o].name);
		print_case(pattern, option_rows[o].words);
		if (!lists[option_rows[o].words])
			printf("\t%s) ;;\n", pattern);
	}
	printf("\t*) return 1 ;;\n\tesac\n\treturn 0\n}\n\n");
}

static void print_command_words(const struct command_row *row)
{
	printf("\t%s) compgen -W \"", row->name);
	for (unsigned int o = 0, first = 1; o < OPTION_COUNT; o++) {
		if (!command_takes(row, o))
			continue;
		printf("%s--%s", first ? "" : " ", option_rows[o].name);
		first = 0;
	}
	printf("\" -- \"$word\"");
	if (lists[row->words])
		printf("; %s", lists[row->words]);
	else if (command_words(row))
		printf("; _tesseractl_commands");
	printf(" ;;\n");
}

int main(void)
{
	printf("# SPDX-License-Identifier: MIT\n# bash completion of tesseractl(8)\n\n");
	printf("_tesseractl_commands()\n{\n\tcompgen -W \"");
	for (unsigned int c = 0; c < COMMAND_COUNT; c++)
		printf("%s%s", c ? " " : "", command_rows[c].name);
	printf("\" -- \"$word\"\n}\n\n");
	print_actions();
	print_option_values();
	printf("# Lists the options and words of a command.\n_tesseractl_arguments()\n{\n"
	       "\tcase $1 in\n");
	for (unsigned int c = 0; c < COMMAND_COUNT; c++)
		print_command_words(&command_rows[c]);
	printf("\tesac\n}\n\n"
	       "_tesseractl()\n{\n"
	       "\tlocal word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} "
	       "module= list= i\n\n"
	       "\tfor ((i = 2; i < COMP_CWORD; i++)); do\n"
	       "\t\t[ \"${COMP_WORDS[i - 1]}\" = --module ] && module=${COMP_WORDS[i]}\n"
	       "\tdone\n"
	       "\tif [ \"$COMP_CWORD\" = 1 ]; then\n"
	       "\t\tlist=$(_tesseractl_commands)\n"
	       "\telif ! list=$(_tesseractl_values \"$before\"); then\n"
	       "\t\tlist=$(_tesseractl_arguments \"${COMP_WORDS[1]}\")\n"
	       "\tfi\n"
	       "\tmapfile -t COMPREPLY < <([ -z \"$list\" ] || echo \"$list\")\n"
	       "}\n\ncomplete -o filenames -F _tesseractl tesseractl\n");
	return 0;
}
