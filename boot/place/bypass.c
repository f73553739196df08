// SPDX-License-Identifier: MIT
#include "boot/efi/say.h"
#include "boot/efi/wait.h"
#include "boot/place/attempts.h"
#include "boot/place/bypass.h"

static bool gave_up(const struct config *config)
{
	u32 count = config->confirm == CONFIG_CONFIRM_NONE ? 0 : attempts_count();

	if (count == ATTEMPTS_MAX - 1)
		say("the last %u starts were not confirmed: after one more, Tessera is skipped",
		    count);
	if (count < ATTEMPTS_MAX)
		return false;
	say("the last %u starts were not confirmed: this start skips Tessera", count);
	say("to use it again: run \"tesseractl confirm\" in the system, or this program's install");
	return true;
}

static bool wait_for_escape(u32 seconds)
{
	EFI_INPUT_KEY key = { 0 };

	if (!seconds)
		return false;
	say("press ESC within %u s to start without Tessera, or another key to continue", seconds);
	if (!wait_for_key(seconds, &key) || key.ScanCode != SCAN_ESC)
		return false;
	say("ESC: this start skips Tessera");
	return true;
}

bool bypass_wanted(const struct config *config)
{
	return !config->required && (gave_up(config) || wait_for_escape(config->timeout));
}
