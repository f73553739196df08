// SPDX-License-Identifier: MIT
// Declares the commands for the command table, and what their files share.
#ifndef HV_CONSOLE_COMMANDS_H
#define HV_CONSOLE_COMMANDS_H

#include "hv/console/shell/shell.h"
#include "hv/core/vm.h"

#ifndef TESSERA_VERSION
#define TESSERA_VERSION "development"
#endif

// The VM that the operator looks at.
static inline struct vm *console_vm(void)
{
	return &vm0;
}

// The CPU that this console runs on, whose windows commands use.
static inline struct cpu *console_cpu(void)
{
	return console_vm()->cpu[cpu_number()];
}

// hv/console/cmd/map.c: the leaf that maps gpa as it is now. Takes the policy lock.
struct ept_leaf console_leaf(u64 gpa);

// The same, printed in a line.
void print_ept_leaf(struct shell *s, u64 gpa);

// hv/console/cmd/words.c: the names of enum tessera_action, the rule's mark in a mosaic ("?" where
// there is no such action), and back. Only actions that a rule may have count: not "allow".
const char *action_name(u32 action);
char action_mark(u32 action);
const char *event_verb(u32 action); // "denied"
bool action_read(const char *text, u32 *action);
bool complete_action(u32 arg, u32 index, char *text, u32 size);

// Copies the name of a rule; "?" if it no longer exists. Caller holds the policy lock.
void rule_name(const struct policy *p, u32 rule, char *name);

// The names of all rules. Takes the policy lock.
bool complete_rule(u32 arg, u32 index, char *text, u32 size);

// hv/console/cmd/run_on.c: the CPU that `text` names. Otherwise prints why not and returns NULL.
struct cpu *read_cpu(struct shell *s, const char *text);

// "guest", "frozen"...
const char *cpu_state_name(const struct cpu *c);

// Has the CPU do `work` (hv/core/run_on.h). True when it is done; otherwise the command is called
// again, or an error was printed. Afterwards the command uses positions from POSITION_DONE on.
bool shell_run_on(struct shell *s, struct cpu *c, void (*work)(struct cpu *c));
enum { POSITION_WAITING = 1, POSITION_DONE };

// Calls the command again at `position`, to poll the CPU again, until the same deadline. Always
// returns false.
bool shell_poll_cpu(struct shell *s, const struct cpu *c, u64 position);

// Lists of words for shell_word.
extern const char on_off[];     // "off on"
extern const char log_levels[]; // "error warn..."

typedef void command_run(struct shell *s, u32 argc, const char **argv);
typedef bool command_complete(u32 arg, u32 index, char *text, u32 size);

command_run command_help, command_version, command_more, command_log;
command_run command_cpus, command_regs, command_vmcs;
command_run command_freeze, command_resume, command_step;
command_run command_exits, command_top, command_events;
command_run command_vm, command_pool, command_config, command_time, command_devirtualize;
command_run command_drill, command_reboot, command_poweroff;
command_run command_ept, command_spp, command_selftest;
command_run command_mem, command_find, command_translate, command_mtrr, command_cpuid;
command_run command_regions, command_rules, command_protect, command_unprotect, command_seal;
command_run command_unseal;

command_complete complete_help, complete_more, complete_log, complete_exits, complete_events;
command_complete complete_drill, complete_ept, complete_protect, complete_unprotect, complete_seal;

#endif
