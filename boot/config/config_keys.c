// SPDX-License-Identifier: MIT
// The keys of tessera.conf. The parser, the sample file and docs/config.md are made from this.
#include "boot/config/config_values.h"
#include "tessera/hypercall.h"

// Each list is in the order of the enum that the value becomes.
#define LEVEL_TEXT(name, letter, text) text,
static const char *const no_yes[] = { "no", "yes", NULL };
static const char *const engines[] = { "auto", "hardware", "software", NULL };
static const char *const sipis[] = { "auto", "single", "software", NULL };
static const char *const levels[] = { TESSERA_LOG_LEVELS(LEVEL_TEXT) NULL };
static const char *const confirms[] = { "agent", "boot", "none", NULL };
static const char *const panics[] = { "halt", "reboot", "devirtualize", NULL };
static const char *const sleeps[] = { "deny", "allow", NULL };
static const char *const unseals[] = { "never", "console", NULL };

const struct config_key config_keys[] = {
	{
		.name = "next",
		.takes = "the path of a loader, such as \\EFI\\debian\\shimx64.efi",
		.fallback = "",
		.help = "The loader to start after Tessera, on this volume or else on another. "
			"Default: the next entry of the firmware's boot order, then well-known "
			"loaders on all disks.",
		.parse = parse_path,
		.offset = offsetof(struct config, next),
	},
	{
		.name = "required",
		.takes = "yes or no",
		.fallback = "no",
		.help = "yes: start no operating system if Tessera cannot protect it.",
		.parse = parse_word,
		.words = no_yes,
		.offset = offsetof(struct config, required),
	},
	{
		.name = "engine",
		.takes = "auto, hardware or software",
		.fallback = "auto",
		.help = "What enforces tiles. hardware: the CPU's SPP; software: single steps; "
			"auto: SPP if every CPU has it, else single steps.",
		.parse = parse_word,
		.words = engines,
		.offset = offsetof(struct config, engine),
	},
	{
		.name = "sipi",
		.takes = "auto, single or software",
		.fallback = "auto",
		.help = "How a CPU waits for its start-up message (SIPI). auto: VMX "
			"wait-for-SIPI; single: at most one CPU in that state, the rest in "
			"software; software: always in software. For emulators and hypervisors "
			"that lose these messages.",
		.parse = parse_word,
		.words = sipis,
		.offset = offsetof(struct config, sipi),
	},
	{
		.name = "console",
		.takes = "com1, com2, 0xPORT[,baud] or none",
		.fallback = "com2",
		.help = "The serial port of the operator's console. It is hidden from the guest.",
		.parse = parse_console,
		.weaker = "a port other than COM1 to COM4",
		.weakens = console_weakens,
	},
	{
		.name = "memory",
		.takes = "4M to 512M, such as 16M",
		.fallback = "16M",
		.help = "The memory that Tessera reserves for itself, rounded up to 2 MiB. More "
			"rules and more CPUs need more.",
		.parse = parse_memory,
	},
	{
		.name = "log",
		.takes = "error, warn, info or debug",
		.fallback = "info",
		.help = "Minimum severity that is logged.",
		.parse = parse_word,
		.words = levels,
		.offset = offsetof(struct config, log_level),
	},
	{
		.name = "protect",
		.takes = "ADDR+LEN or ADDR..END, then [audit|discard|deny|freeze] [name=NAME]",
		.fallback = "",
		.help = "Guest memory to protect before the operating system starts. END is the "
			"first byte after the range. Up to 32 lines.",
		.parse = parse_protect,
		.weaker = "discard",
		.weakens = protect_weakens,
	},
	{
		.name = "timeout",
		.takes = "seconds, 0 to 60",
		.fallback = "0",
		.help = "How long the loader waits for the ESC key, which starts the operating "
			"system once without Tessera.",
		.parse = parse_seconds,
		.offset = offsetof(struct config, timeout),
	},
	{
		.name = "confirm",
		.takes = "agent, boot or none",
		.fallback = "boot",
		.help = "What confirms that a start succeeded. agent: tesseractl in the system; "
			"boot: the system takes over from the firmware; none: starts are not "
			"counted. After 3 unconfirmed starts in a row the system starts without "
			"Tessera.",
		.parse = parse_word,
		.words = confirms,
		.offset = offsetof(struct config, confirm),
	},
	{
		.name = "panic",
		.takes = "halt, reboot or devirtualize",
		.fallback = "halt",
		.help = "What Tessera does after it reports an internal error. halt: stop that "
			"CPU; reboot: reset the machine; devirtualize: remove itself from all CPUs "
			"that can continue, unless a rule is sealed.",
		.parse = parse_word,
		.words = panics,
		.offset = offsetof(struct config, panic),
		.weaker = "devirtualize",
		.weakens = word_weakens,
	},
	{
		.name = "sleep",
		.takes = "deny or allow",
		.fallback = "deny",
		.help = "Whether the guest may suspend to memory (ACPI S3). The machine wakes from "
			"it unprotected, so deny hides S3 from the guest.",
		.parse = parse_word,
		.words = sleeps,
		.offset = offsetof(struct config, sleep),
		.weaker = "allow",
		.weakens = word_weakens,
	},
	{
		.name = "unseal",
		.takes = "never or console",
		.fallback = "never",
		.help = "Who may loosen a sealed rule before the next reset: nobody, or the "
			"operator.",
		.parse = parse_word,
		.words = unseals,
		.offset = offsetof(struct config, unseal),
		.weaker = "console",
		.weakens = word_weakens,
	},
};

const u32 config_key_count = ARRAY_SIZE(config_keys);
