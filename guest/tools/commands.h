// SPDX-License-Identifier: MIT
// The commands, options and exit statuses of tesseractl, as tables. The tool itself, its help, the
// manual page and the completion are made from them (guest/doc/tesseractl_man.c,
// tesseractl_completion.c). Only commands.c implements what is declared here.
#ifndef TESSERACTL_COMMANDS_H
#define TESSERACTL_COMMANDS_H

#include <stdbool.h>
#include <stddef.h>

// The exit status of the program.
//       name       number  meaning
// clang-format off
#define STATUSES(X) \
	X(DONE,       0, "success") \
	X(REFUSED,    1, "the request was refused or is impossible: standard error says why and " \
			 "what to do") \
	X(USAGE,      2, "the command line is wrong: standard error says how") \
	X(NO_DEVICE,  3, "the driver cannot be used: not root, module not loaded, or Tessera " \
			 "does not run under this system") \
	X(FAULTY,     4, "selftest found a fault, or check found that Tessera cannot run on this " \
			 "machine") \
	X(BAD_POLICY, 5, "the policy file has errors: standard error names each with its line; " \
			 "nothing was changed")
// clang-format on

#define STATUS_ENUM(name, number, text) name = number,
enum status { STATUSES(STATUS_ENUM) };

// How the shell completes a word.
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

// What kind of value an option has.
enum kind { KIND_FLAG, KIND_TEXT, KIND_NUMBER, KIND_SECONDS, KIND_ACTION, KIND_RULE };

// The actions of rules, as texts list them.
#define ACTION_NAMES "audit, discard, deny or freeze"

// An option has the same meaning in every command that takes it. A number is decimal, or
// hexadecimal after 0x; K, M or G may follow it.
//        name, kind, value, completion
//          meaning
// clang-format off
#define OPTIONS(X) \
	X(symbol, TEXT, "NAME", WORDS_SYMBOLS, \
	  "a symbol of the kernel, or of the module given with --module") \
	X(which, NUMBER, "N", WORDS_NONE, \
	  "which of several symbols with that name, in the order of /proc/kallsyms, from 1") \
	X(module, TEXT, "NAME", WORDS_MODULES, \
	  "a loaded module") \
	X(section, TEXT, "NAME", WORDS_SECTIONS, \
	  "a section of the module (default: .rodata)") \
	X(phys, NUMBER, "ADDR", WORDS_NONE, \
	  "a physical address") \
	X(pid, NUMBER, "PID", WORDS_PIDS, \
	  "the process that the memory belongs to") \
	X(addr, NUMBER, "ADDR", WORDS_NONE, \
	  "a virtual address in that process") \
	X(len, NUMBER, "N", WORDS_NONE, \
	  "length in bytes (default: the whole symbol or section)") \
	X(action, ACTION, "ACTION", WORDS_ACTIONS, \
	  "what happens on a write: " ACTION_NAMES " (default: deny)") \
	X(name, RULE, "RULE", WORDS_RULES, \
	  "the rule to use; it is created if it does not exist (default: the name of the action)") \
	X(for, SECONDS, "SECONDS", WORDS_NONE, \
	  "only for this long, or until the program ends") \
	X(json, FLAG, NULL, WORDS_NONE, \
	  "print JSON for programs, one object per line") \
	X(numeric, FLAG, NULL, WORDS_NONE, \
	  "print numbers and addresses only: do not look up names of rules and symbols") \
	X(follow, FLAG, NULL, WORDS_NONE, \
	  "keep printing new events as they happen") \
	X(new, FLAG, NULL, WORDS_NONE, \
	  "skip events from before the command started") \
	X(all, FLAG, NULL, WORDS_NONE, \
	  "the whole policy instead of one rule") \
	X(out, TEXT, "FILE", WORDS_FILES, \
	  "the file to write; it is replaced in one step or left as it was") \
	X(previous, FLAG, NULL, WORDS_NONE, \
	  "the log from before the last warm reset") \
	X(check, FLAG, NULL, WORDS_NONE, \
	  "only report errors; change nothing") \
	X(esp, TEXT, "FOLDER", WORDS_FOLDERS, \
	  "the mount point of the EFI system partition (default: searched for)") \
	X(loader, TEXT, "FILE", WORDS_FILES, \
	  "the loader to install (default: /usr/lib/tessera/BOOTX64.EFI)") \
	X(config, TEXT, "FILE", WORDS_FILES, \
	  "the settings to install (default: /usr/lib/tessera/tessera.conf)")
// clang-format on

#define OPTION_ENUM(name, kind, value, words, help) OPTION_##name,
enum option { OPTIONS(OPTION_ENUM) OPTION_COUNT };

struct option_row {
	const char *name; // without the dashes
	enum kind kind;
	const char *value;
	enum words words;
	const char *help;
};

extern const struct option_row option_rows[OPTION_COUNT];

// The ways to name a target, the memory that `protect` and `heat` work on.
#define TARGET                                                                          \
	"--symbol NAME [--module NAME] [--which N] | --module NAME [--section NAME] | " \
	"--phys ADDR --len N | --pid PID --addr ADDR --len N"

enum needs { NEEDS_NOTHING, NEEDS_DEVICE };

// A command takes the options that its arguments name, and one word for each name in capitals that
// is not an option's value. "text" is printed by `help COMMAND` and in the manual page only.
//        name, needs, completion of its word, arguments
//          help
//          text
//          example
// clang-format off
#define COMMANDS(X) \
	X(info, DEVICE, WORDS_NONE, "[--json]", \
	  "show the state of hypervisor and driver in numbers", \
	  "Fails with status 1 where nothing can be protected: another agent holds the key, or " \
	  "the policy is locked down.", \
	  "tesseractl info") \
	X(list, DEVICE, WORDS_NONE, "[--numeric] [--json]", \
	  "list the guards of this system", \
	  "A guard is memory that the driver holds and Tessera protects under a rule. If a guard " \
	  "is not in force, for example because the operator opened its memory, the list says so " \
	  "and the exit status is 1.", \
	  "tesseractl list") \
	X(show, DEVICE, WORDS_GUARDS, "GUARD [--json]", \
	  "show one guard with its rule and counters", \
	  "", \
	  "tesseractl show 3") \
	X(regions, DEVICE, WORDS_NONE, "[--numeric] [--json]", \
	  "list every protected region, no matter how it was protected", \
	  "Sorted by physical address. Regions from protect = lines in tessera.conf and from the " \
	  "operator's console are included.", \
	  "tesseractl regions --json") \
	X(rules, DEVICE, WORDS_NONE, "[--json]", \
	  "list the rules with their actions and counters", \
	  "", \
	  "tesseractl rules") \
	X(protect, DEVICE, WORDS_NONE, \
	  TARGET ", [--len N] [--action ACTION] [--name RULE] [--for SECONDS]", \
	  "write-protect memory", \
	  "The memory stays protected until unprotect, or for as long as --for says. Exactly " \
	  "these bytes are protected: the bytes next to them can still be written. Where rules " \
	  "overlap, the strictest action applies.", \
	  "tesseractl protect --symbol sys_call_table --name syscalls") \
	X(unprotect, DEVICE, WORDS_GUARDS, "GUARD", \
	  "remove the guard that `list` shows under this number", \
	  "", \
	  "tesseractl unprotect 3") \
	X(events, DEVICE, WORDS_NONE, "[--follow] [--new] [--numeric] [--json]", \
	  "print the writes that met a rule", \
	  "One line for each write, with its address, its instruction and their symbols. Missed " \
	  "and dropped events are counted on standard error. tessera-events.service runs this " \
	  "command with --follow, so that the journal keeps the events.", \
	  "tesseractl events --follow --json") \
	X(stats, DEVICE, WORDS_NONE, "[--json]", \
	  "print every counter of the hypervisor", \
	  "", \
	  "tesseractl stats") \
	X(log, DEVICE, WORDS_NONE, "[--previous] [--json]", \
	  "print the hypervisor's log", \
	  "After a crash and a warm reset, --previous prints the log from before the reset.", \
	  "tesseractl log --previous") \
	X(metrics, DEVICE, WORDS_NONE, "[--out FILE]", \
	  "print the counters in Prometheus text format", \
	  "For node_exporter's textfile collector, give --out a file in its folder whose name " \
	  "ends in .prom.", \
	  "tesseractl metrics --out /var/lib/prometheus/node-exporter/tessera.prom") \
	X(heat, DEVICE, WORDS_NONE, TARGET ", [--len N] [--for SECONDS] --out FILE", \
	  "draw a picture of which tiles are written", \
	  "Audits the memory for a time (ten seconds unless --for is given) and colours each " \
	  "tile by how often it was written. The writes still happen, but each one is slow.", \
	  "tesseractl heat --module nf_tables --section .data --for 60 --out heat.svg") \
	X(seal, DEVICE, WORDS_RULES, "RULE | --all", \
	  "make a rule, or the whole policy, impossible to loosen until reset", \
	  "", \
	  "tesseractl seal syscalls") \
	X(remaining, DEVICE, WORDS_NONE, "", \
	  "show what stays protected until it is unprotected or the machine is reset", \
	  "tessera-policy.service runs this when it stops, and the package when it is removed: " \
	  "neither takes any protection away.", \
	  "tesseractl remaining") \
	X(lockdown, DEVICE, WORDS_NONE, "", \
	  "refuse every further change of the policy until reset", \
	  "What is protected stays protected. From then on `info`, `list` and `events` work, but " \
	  "rules, regions, counters and the log cannot be read either.", \
	  "tesseractl lockdown") \
	X(apply, NOTHING, WORDS_FILES, "[FILE] [--check]", \
	  "apply a policy file", \
	  "Everything is checked before anything is changed. To apply a file that is already in " \
	  "force changes nothing; memory that was opened is protected again. FILE is " \
	  "/etc/tessera/policy.conf unless given.", \
	  "tesseractl apply --check /tmp/policy.conf") \
	X(selftest, DEVICE, WORDS_NONE, "", \
	  "protect some memory of its own and test that the protection holds", \
	  "Tries every action except freeze and checks the events. It leaves nothing behind.", \
	  "tesseractl selftest") \
	X(check, NOTHING, WORDS_NONE, "[--json]", \
	  "check whether this machine can run Tessera, and say why not", \
	  "Run it as root with the kernel's msr module loaded: otherwise it cannot be sure.", \
	  "modprobe msr && tesseractl check") \
	X(install, NOTHING, WORDS_NONE, "[--esp FOLDER] [--loader FILE] [--config FILE]", \
	  "install the loader on the EFI system partition, first in the boot order", \
	  "Prints what it did, and undoes everything if a step fails. Existing settings are " \
	  "kept. Run it again after a package update: it replaces the loader.", \
	  "tesseractl install") \
	X(remove, NOTHING, WORDS_NONE, "", \
	  "undo install", \
	  "", \
	  "tesseractl remove") \
	X(confirm, NOTHING, WORDS_NONE, "", \
	  "tell the loader that this start succeeded", \
	  "Needed with confirm = agent in tessera.conf: after three unconfirmed starts in a row " \
	  "the loader boots the system without Tessera. tessera-confirm.service runs this " \
	  "command.", \
	  "tesseractl confirm") \
	X(version, NOTHING, WORDS_NONE, "", \
	  "print the version of tesseractl", \
	  "Can also be written --version or -V.", \
	  "tesseractl version") \
	X(help, NOTHING, WORDS_NONE, "[COMMAND]", \
	  "list all commands, or describe one with its options", \
	  "Can also be written --help or -h, alone or after a command.", \
	  "tesseractl help protect")
// clang-format on

#define COMMAND_ENUM(name, needs, words, arguments, help, text, example) COMMAND_##name,
enum command { COMMANDS(COMMAND_ENUM) COMMAND_COUNT };

struct command_row {
	const char *name;
	enum needs needs;
	enum words words; // how its word is completed
	const char *arguments;
	const char *help;
	const char *text;
	const char *example;
};

extern const struct command_row command_rows[COMMAND_COUNT];

// The command with this name, or COMMAND_COUNT.
enum command command_find(const char *name);

// True if the arguments of the command name the option.
bool command_takes(const struct command_row *command, enum option option);

// The largest number of words, options excluded, that the command takes.
int command_words(const struct command_row *command);

#endif
