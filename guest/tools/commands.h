// SPDX-License-Identifier: MIT
// What tesseractl can do, as tables. The tool, its help, the manual page and the completion are
// made of them (guest/doc/tesseractl_man.c, tesseractl_completion.c); this header has no code
// behind it but commands.c.
#ifndef TESSERACTL_COMMANDS_H
#define TESSERACTL_COMMANDS_H

#include <stdbool.h>
#include <stddef.h>

// The status that the program ends with.
//       name       number  what it says
// clang-format off
#define STATUSES(X) \
	X(DONE,       0, "done") \
	X(REFUSED,    1, "refused, or impossible: standard error says why and what to do") \
	X(USAGE,      2, "the words make no command: standard error says which") \
	X(NO_DEVICE,  3, "no driver: not root, not loaded, or no Tessera below") \
	X(FAULTY,     4, "`selftest` found a fault, or `check` says that Tessera cannot run here") \
	X(BAD_POLICY, 5, "the policy file has errors: each is named with its line; nothing changed")
// clang-format on

#define STATUS_ENUM(name, number, text) name = number,
enum status { STATUSES(STATUS_ENUM) };

// What completes the word behind an option.
enum words {
	WORDS_NONE,
	WORDS_SYMBOLS,
	WORDS_MODULES,
	WORDS_SECTIONS,
	WORDS_ACTIONS,
	WORDS_RULES,
	WORDS_GUARDS,
	WORDS_FILES,
	WORDS_FOLDERS,
	WORDS_PIDS
};

enum kind { KIND_FLAG, KIND_NUMBER, KIND_TEXT };

// An option means the same wherever it may stand. A number is decimal, or hexadecimal after 0x,
// with K, M or G behind it.
//        name, kind, value, completion
//          what it means
// clang-format off
#define OPTIONS(X) \
	X(symbol, TEXT, "NAME", WORDS_SYMBOLS, \
	  "a symbol of the kernel, or of the module that --module names") \
	X(module, TEXT, "NAME", WORDS_MODULES, \
	  "a module that is loaded") \
	X(section, TEXT, "NAME", WORDS_SECTIONS, \
	  "a section of the module; .rodata if not given") \
	X(phys, NUMBER, "ADDR", WORDS_NONE, \
	  "a physical address") \
	X(pid, NUMBER, "PID", WORDS_PIDS, \
	  "the process whose memory is meant") \
	X(addr, NUMBER, "ADDR", WORDS_NONE, \
	  "an address in that process") \
	X(len, NUMBER, "N", WORDS_NONE, \
	  "bytes; of a symbol or a section all, if not given") \
	X(action, TEXT, "ACTION", WORDS_ACTIONS, \
	  "what happens on a write: audit, discard, deny or freeze; deny if not given") \
	X(name, TEXT, "RULE", WORDS_RULES, \
	  "the rule to use; it is made if there is none of that name. Without it: the " \
	  "action's name") \
	X(for, NUMBER, "SECONDS", WORDS_NONE, \
	  "for that time only, or until the program ends") \
	X(json, FLAG, NULL, WORDS_NONE, \
	  "for programs: JSON, one object a line") \
	X(follow, FLAG, NULL, WORDS_NONE, \
	  "go on with what happens from now on") \
	X(new, FLAG, NULL, WORDS_NONE, \
	  "leave out what happened before") \
	X(all, FLAG, NULL, WORDS_NONE, \
	  "the whole policy instead of one rule") \
	X(out, TEXT, "FILE", WORDS_FILES, \
	  "the file to write; it is replaced at once or not at all") \
	X(previous, FLAG, NULL, WORDS_NONE, \
	  "the log that was written before the last warm reset") \
	X(check, FLAG, NULL, WORDS_NONE, \
	  "only say what is wrong with it; change nothing") \
	X(esp, TEXT, "FOLDER", WORDS_FOLDERS, \
	  "where the EFI system partition is mounted; found if not given") \
	X(loader, TEXT, "FILE", WORDS_FILES, \
	  "the loader to install; /usr/lib/tessera/BOOTX64.EFI if not given") \
	X(config, TEXT, "FILE", WORDS_FILES, \
	  "its settings; /usr/lib/tessera/tessera.conf if not given")
// clang-format on

#define OPTION_ENUM(name, kind, value, words, help) OPTION_##name,
enum option { OPTIONS(OPTION_ENUM) OPTION_COUNT };

struct option_row {
	const char *name; // without its dashes
	enum kind kind;
	const char *value;
	enum words words;
	const char *help;
};

extern const struct option_row option_rows[OPTION_COUNT];

// How a place in memory is named, in `protect` and `heat`.
#define PLACE                                                                                     \
	"--symbol NAME [--module NAME] | --module NAME [--section NAME] | --phys ADDR --len N | " \
	"--pid PID --addr ADDR --len N"

enum needs { NEEDS_NOTHING, NEEDS_DEVICE };

// A command takes the options that its arguments name, and as many words besides as the arguments
// name in capitals outside of options. What stands in "text" is for the manual only.
//        name, needs, words besides, arguments
//          help
//          text
//          example
// clang-format off
#define COMMANDS(X) \
	X(info, DEVICE, WORDS_NONE, "[--json]", \
	  "the hypervisor and the driver in numbers", \
	  "", \
	  "tesseractl info") \
	X(list, DEVICE, WORDS_NONE, "[--json]", \
	  "the memory that this system guards", \
	  "Each line is a guard: memory that the driver holds and Tessera protects.", \
	  "tesseractl list") \
	X(show, DEVICE, WORDS_GUARDS, "GUARD [--json]", \
	  "one of them, with its rule and what met it", \
	  "", \
	  "tesseractl show 3") \
	X(regions, DEVICE, WORDS_NONE, "[--json]", \
	  "all that is protected, whoever did it", \
	  "Physical addresses, in their order. The loader's protect = lines and the operator's " \
	  "own regions are here too.", \
	  "tesseractl regions --json") \
	X(rules, DEVICE, WORDS_NONE, "[--json]", \
	  "what happens on a write, and how often it did", \
	  "", \
	  "tesseractl rules") \
	X(protect, DEVICE, WORDS_NONE, \
	  PLACE ", [--len N] [--action ACTION] [--name RULE] [--for SECONDS]", \
	  "write-protect memory", \
	  "The memory is guarded until unprotect, or for a time. Exactly these bytes are: their " \
	  "neighbours can be written. Where rules overlap, the strictest holds.", \
	  "tesseractl protect --symbol sys_call_table --name syscalls") \
	X(unprotect, DEVICE, WORDS_GUARDS, "GUARD", \
	  "open what `list` shows under that number", \
	  "", \
	  "tesseractl unprotect 3") \
	X(events, DEVICE, WORDS_NONE, "[--follow] [--new] [--json]", \
	  "the writes that met a rule", \
	  "One line each, with address and instruction. Those that were lost on the way are " \
	  "counted on standard error.", \
	  "tesseractl events --follow --json") \
	X(stats, DEVICE, WORDS_NONE, "[--json]", \
	  "all that the hypervisor counts", \
	  "", \
	  "tesseractl stats") \
	X(log, DEVICE, WORDS_NONE, "[--previous] [--json]", \
	  "the hypervisor's log", \
	  "After a crash and a warm reset --previous shows what went before.", \
	  "tesseractl log --previous") \
	X(metrics, DEVICE, WORDS_NONE, "[--out FILE]", \
	  "the counters in Prometheus' text format", \
	  "With --out for node_exporter's textfile collector: its folder, a name that ends in " \
	  ".prom.", \
	  "tesseractl metrics --out /var/lib/prometheus/node-exporter/tessera.prom") \
	X(heat, DEVICE, WORDS_NONE, PLACE ", [--len N] [--for SECONDS] --out FILE", \
	  "a picture of which tiles are written", \
	  "Audits the place for a time, ten seconds if not given, and draws each of its tiles in " \
	  "a colour that tells how often it was written. Nothing is refused, but each write is " \
	  "slow.", \
	  "tesseractl heat --module nf_tables --section .data --for 60 --out heat.svg") \
	X(seal, DEVICE, WORDS_RULES, "RULE | --all", \
	  "make a rule, or the whole policy, impossible to loosen until reset", \
	  "", \
	  "tesseractl seal syscalls") \
	X(lockdown, DEVICE, WORDS_NONE, "", \
	  "refuse all further changes until reset", \
	  "What is protected stays so, and can be looked at.", \
	  "tesseractl lockdown") \
	X(apply, NOTHING, WORDS_FILES, "[FILE] [--check]", \
	  "bring a policy file into force", \
	  "Everything is checked before anything is changed, and a file that is in force already " \
	  "changes nothing. Without FILE it is /etc/tessera/policy.conf.", \
	  "tesseractl apply --check /tmp/policy.conf") \
	X(selftest, DEVICE, WORDS_NONE, "", \
	  "protect memory of its own and see whether it holds", \
	  "Every action but freeze is tried, and the events are looked at. Nothing is left " \
	  "behind.", \
	  "tesseractl selftest") \
	X(check, NOTHING, WORDS_NONE, "[--json]", \
	  "whether this machine can run Tessera, and why not", \
	  "Needs root and the kernel's msr module to be sure.", \
	  "modprobe msr && tesseractl check") \
	X(install, NOTHING, WORDS_NONE, "[--esp FOLDER] [--loader FILE] [--config FILE]", \
	  "put the loader on the EFI system partition and first in the boot order", \
	  "Says what it does, and undoes it if a step fails. Settings that are there already are " \
	  "kept. Again, it replaces the loader: do so after an update of the package.", \
	  "tesseractl install") \
	X(remove, NOTHING, WORDS_NONE, "", \
	  "undo install", \
	  "", \
	  "tesseractl remove") \
	X(confirm, NOTHING, WORDS_NONE, "", \
	  "tell the loader that this start was good", \
	  "For confirm = agent in tessera.conf: after three starts in a row that nobody " \
	  "confirmed the loader starts the system without Tessera. tessera-confirm.service does " \
	  "this.", \
	  "tesseractl confirm") \
	X(help, NOTHING, WORDS_NONE, "[COMMAND]", \
	  "all commands, or one with its options", \
	  "", \
	  "tesseractl help protect")
// clang-format on

#define COMMAND_ENUM(name, needs, words, arguments, help, text, example) COMMAND_##name,
enum command { COMMANDS(COMMAND_ENUM) COMMAND_COUNT };

struct command_row {
	const char *name;
	enum needs needs;
	enum words words; // what completes its words besides options
	const char *arguments;
	const char *help;
	const char *text;
	const char *example;
};

extern const struct command_row command_rows[COMMAND_COUNT];

// COMMAND_COUNT for a name that there is not.
enum command command_find(const char *name);

// Whether its arguments name the option.
bool command_takes(const struct command_row *command, enum option option);

// How many words besides options it takes at most.
int command_words(const struct command_row *command);

#endif
