// SPDX-License-Identifier: MIT
#include <efi.h>
#include <efilib.h>

#include "boot/config/settings.h"
#include "boot/efi/say.h"
#include "boot/efi/secure_boot.h"
#include "hv/lib/string.h"

#define FILE_NAME    L"tessera.conf"
#define COMMON_FILE  L"\\EFI\\tessera\\" FILE_NAME
#define MESSAGE_SIZE 200

// The config's path in the folder of this program. False when it is too long.
static bool config_path_beside(const struct self *self, CHAR16 *file)
{
	u32 folder = 0;

	for (u32 i = 0; self->file[i]; i++)
		if (self->file[i] == '\\')
			folder = i + 1;
	if (folder + ARRAY_SIZE(FILE_NAME) > PATH_TEXT_SIZE)
		return false;
	memcpy(file, self->file, folder * sizeof(*file));
	memcpy(file + folder, FILE_NAME, sizeof(FILE_NAME));
	return true;
}

static void say_problems(const struct config_report *report)
{
	char message[MESSAGE_SIZE];

	for (u32 i = 0; i < MIN(report->count, CONFIG_KEPT); i++) {
		config_explain(&report->kept[i], message, sizeof(message));
		say("tessera.conf: %s (ignored)", message);
	}
	if (report->count > CONFIG_KEPT)
		say("tessera.conf: %u more lines ignored", report->count - CONFIG_KEPT);
}

// Returns whether the file exists, even if it could not be read.
static bool read_config_file(EFI_HANDLE volume, const CHAR16 *file, struct config *config)
{
	struct config_report report;
	char name[MESSAGE_SIZE];
	EFI_STATUS status;
	UINTN size;
	char *text = volume_read(volume, file, CONFIG_FILE_MAX, &size, &status);

	if (status == EFI_NOT_FOUND)
		return false;
	if (!text) {
		say("%s: %s", say_text(name, sizeof(name), file), say_status(status));
		return true;
	}
	// Without Secure Boot, whoever can write this file can replace the loader as well.
	config_parse(config, (struct slice){ text, size }, !secure_boot_is_on(), &report);
	say_problems(&report);
	FreePool(text);
	return true;
}

void settings_read(const struct self *self, struct config *config)
{
	CHAR16 file[PATH_TEXT_SIZE];

	config_default(config);
	if (config_path_beside(self, file) && read_config_file(self->volume, file, config))
		return;
	if (!read_config_file(self->volume, COMMON_FILE, config))
		say("no tessera.conf: using defaults");
}
