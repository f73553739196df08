// SPDX-License-Identifier: MIT
// The keys of tessera.conf. The parser, the sample file and docs/config.md are made from this.
#include "boot/config/config_values.h"
#include "hv/core/log.h"

// Each list is in the order of the enum that the value becomes.
#define LEVEL_TEXT(name, letter, text) text,
static const char *const no_yes[] = { "no", "yes", NULL };
static const char *const engines[] = { "auto", "hardware", "software", NULL };
static const char *const sipis[] = { "auto", "single", "software", NULL };
static const char *const levels[] = { LOG_LEVELS(LEVEL_TEXT) NULL };
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
			"Without it: the next "
			"entry of the firmware's boot order, then well-known loaders on all disks.",
		.parse = parse_path,
		.offset = offsetof(struct config, next),
	},
	{
		.name = "required",
		.takes = "yes or no",
		.fallback = "no",
		.help = "Whether the machine must not start an operating system when Tessera "
			"cannot protect it.",
		.parse = parse_word,
		.words = no_yes,
		.offset = offsetof(struct config, required),
	},
	{
		.name = "engine",
		.takes = "auto, hardware or software",
		.fallback = "auto",
		.help = "What enforces tiles: the processor's SPP, single steps, or the first of "
			"them that works.",
		.parse = parse_word,
		.words = engines,
		.offset = offsetof(struct config, engine),
	},
	{
		.name = "sipi",
		.takes = "auto, single or software",
		.fallback = "auto",
		.help = "How processors wait to be started: as VMX offers it, one at a time so, or "
			"in software; for emulators and hypervisors that lose start-up messages.",
		.parse = parse_word,
		.words = sipis,
		.offset = offsetof(struct config, sipi),
	},
	{
		.name = "console",
		.takes = "com1, com2, 0xPORT[,baud] or none",
		.fallback = "com2",
		.help = "The serial port that becomes the operator's and that the guest no longer "
			"sees.",
		.parse = parse_console,
	},
	{
		.name = "memory",
		.takes = "4M to 512M, such as 16M",
		.fallback = "16M",
		.help = "The memory that Tessera keeps for itself, rounded up to 2 MiB: more rules "
			"need more.",
		.parse = parse_memory,
	},
	{
		.name = "log",
		.takes = "error, warn, info or debug",
		.fallback = "info",
		.help = "The least grave messages that are recorded.",
		.parse = parse_word,
		.words = levels,
		.offset = offsetof(struct config, log_level),
	},
	{
		.name = "protect",
		.takes = "ADDR+LEN [audit|discard|deny|freeze] [name=NAME], 32 times at most",
		.fallback = "",
		.help = "Guest memory that is protected from before the operating system starts. "
			"Repeatable.",
		.parse = parse_protect,
	},
	{
		.name = "timeout",
		.takes = "seconds, 0 to 60",
		.fallback = "0",
		.help = "How long the loader waits for ESC, which starts the operating system "
			"without Tessera once.",
		.parse = parse_seconds,
		.offset = offsetof(struct config, timeout),
	},
	{
		.name = "confirm",
		.takes = "agent, boot or none",
		.fallback = "boot",
		.help = "What tells a good start: tesseractl in the system, or the system when it "
			"takes over from firmware. After 3 starts in a row without it the system "
			"is "
			"started without Tessera; none = starts are not counted.",
		.parse = parse_word,
		.words = confirms,
		.offset = offsetof(struct config, confirm),
	},
	{
		.name = "panic",
		.takes = "halt, reboot or devirtualize",
		.fallback = "halt",
		.help = "What Tessera does, after a report, when one of its own promises is "
			"broken: stop that processor, reset the machine, or take itself off all "
			"processors that can go on, unless a rule is sealed.",
		.parse = parse_word,
		.words = panics,
		.offset = offsetof(struct config, panic),
	},
	{
		.name = "sleep",
		.takes = "deny or allow",
		.fallback = "deny",
		.help = "Whether the guest may put the machine to sleep (ACPI S3), from which it "
			"wakes unprotected. deny hides S3 from it.",
		.parse = parse_word,
		.words = sleeps,
		.offset = offsetof(struct config, sleep),
	},
	{
		.name = "unseal",
		.takes = "never or console",
		.fallback = "never",
		.help = "Who may loosen a sealed rule before the next reset.",
		.parse = parse_word,
		.words = unseals,
		.offset = offsetof(struct config, unseal),
	},
};

const u32 config_key_count = ARRAY_SIZE(config_keys);
