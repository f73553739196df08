// SPDX-License-Identifier: MIT
// The one table of commands, in the order in which help shows them. docs/console.md is made from
// it.
#include "hv/console/commands.h"

// clang-format off
const struct command commands[] = {
	{ "help", "[CMD]", "commands, or one of them",
	  "Lists all commands, or tells what one does, with an example.",
	  "help protect", 0, 1, false, command_help, complete_help },
	{ "version", "", "what runs here",
	  "Shows the version of Tessera and of its hypercall ABI, and the engine.",
	  "version", 0, 0, false, command_version, NULL },
	{ "config", "", "the configuration in force",
	  "Shows what was configured, as lines of a tessera.conf.",
	  "config", 0, 0, false, command_config, NULL },
	{ "cpus", "", "CPUs and their state",
	  "Shows each CPU: its APIC ID, what it does now, its VM exits, its steps, its last exit.",
	  "cpus", 0, 0, false, command_cpus, NULL },
	{ "regs", "CPU", "a CPU's registers",
	  "Shows the guest's registers on one CPU, which leaves the guest for a moment.",
	  "regs 0", 1, 1, false, command_regs, NULL },
	{ "vmcs", "CPU", "a CPU's VMCS",
	  "Shows the fields of one CPU's VMCS by their encodings in the manual.",
	  "vmcs 0 | match RIP", 1, 1, false, command_vmcs, NULL },
	{ "vm", "", "the VM at a glance",
	  "Shows the guest's memory map, and counts rules, events, blocked writes and shootdowns.",
	  "vm", 0, 0, false, command_vm, NULL },
	{ "exits", "[CPU|reset|timing [on|off]]", "VM exits by reason",
	  "Counts VM exits by reason, on all CPUs or one, since the last reset of the counts. "
	  "With timing on, which costs a little, also their ticks.",
	  "exits | match CPUID", 0, 2, false, command_exits, complete_exits },
	{ "top", "", "exits, every second",
	  "Shows the exits of each second on one screen, until a key is pressed.",
	  "top", 0, 0, false, command_top, NULL },
	{ "ept", "GPA|map", "how addresses are mapped",
	  "Shows the EPT leaf of an address: page, size, rights, memory type; or the whole map, "
	  "as ranges.",
	  "ept 0x100000", 1, 1, false, command_ept, complete_ept },
	{ "spp", "GPA", "the 32 tiles of a page",
	  "Draws the 32 tiles of a page, compares EPT and SPPT with the rules, and lists the "
	  "regions that close tiles.",
	  "spp 0x100000", 1, 1, false, command_spp, NULL },
	{ "mtrr", "", "memory types",
	  "Shows the memory types of the MTRRs: the first MiB, then each variable range.",
	  "mtrr", 0, 0, false, command_mtrr, NULL },
	{ "cpuid", "LEAF [SUBLEAF]", "CPUID, guest and CPU",
	  "Shows what CPUID returns to the guest, and natively.",
	  "cpuid 1", 1, 2, false, command_cpuid, NULL },
	{ "translate", "CPU GVA", "from virtual to physical",
	  "Walks the guest's page tables on a CPU, entry by entry.",
	  "translate 0 0x1000", 2, 2, false, command_translate, NULL },
	{ "mem", "GPA LEN|RANGE", "guest memory in hex",
	  "Shows guest memory in hexadecimal and as text. Only the guest's RAM is read.",
	  "mem 0x100000 64", 1, 2, false, command_mem, NULL },
	{ "find", "GPA LEN|RANGE PATTERN", "search guest memory",
	  "Searches guest RAM for a text, or for bytes written as 0x00ff12.",
	  "find 1M..2M 0x7f454c46", 2, 3, false, command_find, NULL },
	{ "regions", "", "protected ranges",
	  "Lists the protected ranges in order, each with its rule.",
	  "regions | match idt", 0, 0, false, command_regions, NULL },
	{ "rules", "", "rules and their counters",
	  "Lists the rules: action, regions, writes that met the rule, writes blocked, and flags.",
	  "rules", 0, 0, false, command_rules, NULL },
	{ "protect", "RANGE [ACTION] [NAME]", "protect a range",
	  "Protects guest-physical memory, exact to the byte. ACTION: audit, discard, deny (the "
	  "default) or freeze. A rule NAME that is missing is created.",
	  "protect 0x100000+0x80 deny idt", 1, 3, true, command_protect, complete_protect },
	{ "unprotect", "RANGE|NAME", "open a range or a rule",
	  "Removes the regions with this range or start, or the rule of this name with all its "
	  "regions. A sealed rule stays.",
	  "unprotect 0x100000+0x80", 1, 1, true, command_unprotect, complete_unprotect },
	{ "seal", "NAME|all", "make rules final",
	  "Seals one rule or all present ones: until reset nobody can loosen them.",
	  "seal deny", 1, 1, true, command_seal, complete_seal },
	{ "unseal", "NAME|all", "if the config allows it",
	  "Removes the seal of one rule or of all, if tessera.conf has `unseal = console`. The "
	  "guest can never do it.",
	  "unseal deny", 1, 1, true, command_unseal, complete_seal },
	{ "events", "[follow]", "writes that met a rule",
	  "Shows the latest 512 events, or new ones as they come, until a key is pressed.",
	  "events", 0, 1, false, command_events, complete_events },
	{ "freeze", "", "freeze the guest",
	  "Freezes the guest on all CPUs within 10 ms. Console, devices and clocks continue.",
	  "freeze", 0, 0, false, command_freeze, NULL },
	{ "resume", "", "resume the guest",
	  "Resumes a frozen guest. A write that froze it happens now, once, as under audit, "
	  "unless another rule forbids it.",
	  "resume", 0, 0, false, command_resume, NULL },
	{ "go", "", "the same as resume",
	  "Resumes a frozen guest, as `resume` does.",
	  "go", 0, 0, false, command_resume, NULL },
	{ "step", "CPU", "one guest instruction",
	  "Runs one instruction of a frozen guest on one CPU, without taking an interrupt.",
	  "step 0", 1, 1, false, command_step, NULL },
	{ "log", "[LEVEL|previous]", "the log, or its level",
	  "Shows the log, or the one kept from before a reset; or sets the lowest severity that "
	  "is logged: error, warn, info or debug.",
	  "log warn", 0, 1, false, command_log, complete_log },
	{ "pool", "", "the hypervisor's memory",
	  "Shows the pages that Tessera reserved, those in use and what the tables take.",
	  "pool", 0, 0, false, command_pool, NULL },
	{ "selftest", "", "do tables match rules?",
	  "Compares EPT and SPPT with the rules, and checks Tessera's memory.",
	  "selftest", 0, 0, false, command_selftest, NULL },
	{ "drill", "park|panic|nested|deaf CPU [really]", "rehearse a failure",
	  "Rehearses a failure on one CPU, until reset: it parks, panics (once or in a panic) or "
	  "ignores shootdowns. Confirm with `really`.",
	  "drill park 0", 2, 3, true, command_drill, complete_drill },
	{ "time", "", "time since power-on",
	  "Shows the time-stamp counter, its frequency and the time since power-on.",
	  "time", 0, 0, false, command_time, NULL },
	{ "more", "[on|off]", "stop after each screen",
	  "Stops long output after each screen (off by default).",
	  "more on", 0, 1, false, command_more, complete_more },
	{ "devirtualize", "", "continue without Tessera",
	  "Devirtualizes all CPUs: the guest continues natively and nothing is protected. Refused "
	  "while sealed rules exist.",
	  "devirtualize", 0, 0, true, command_devirtualize, NULL },
	{ "reboot", "", "reset the machine",
	  "Resets the machine at once, like its reset button. The guest is not asked.",
	  "reboot", 0, 0, false, command_reboot, NULL },
	{ "poweroff", "", "switch the machine off",
	  "Switches the machine off at once, by ACPI. The guest is not asked.",
	  "poweroff", 0, 0, false, command_poweroff, NULL },
};
// clang-format on

const u32 command_count = ARRAY_SIZE(commands);

bool commands_locked(void)
{
	return console_vm()->policy.lockdown;
}
