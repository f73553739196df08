// SPDX-License-Identifier: MIT
#include <efi.h>
#include <efilib.h>

#include "boot/efi/say.h"
#include "hv/lib/format.h"
#include "hv/lib/string.h"

#define PREFIX    "tessera: "
#define LINE_SIZE 250

// One call for a whole line: each costs a walk through the firmware's console drivers.
static void print_line(const char *text)
{
	CHAR16 wide[LINE_SIZE + 2];
	u32 n = 0;

	while (text[n]) {
		wide[n] = (u8)text[n];
		n++;
	}
	wide[n++] = '\r';
	wide[n++] = '\n';
	wide[n] = 0;
	ST->ConOut->OutputString(ST->ConOut, wide);
}

void say(const char *format, ...)
{
	char line[LINE_SIZE] = PREFIX;
	va_list list;

	va_start(list, format);
	format_list(line + strlen(PREFIX), LINE_SIZE - strlen(PREFIX), format, list);
	va_end(list);
	print_line(line);
}

const char *say_text(char *to, u32 size, const CHAR16 *text)
{
	u32 n = 0;

	for (; text[n] && n + 1 < size; n++)
		to[n] = text[n] >= ' ' && text[n] <= '~' ? (char)text[n] : '?';
	to[n] = 0;
	return to;
}

static const struct {
	EFI_STATUS status;
	const char *name;
} statuses[] = {
	{ EFI_SUCCESS, "no error" },
	{ EFI_LOAD_ERROR, "not a valid program" },
	{ EFI_UNSUPPORTED, "not for this machine" },
	{ EFI_BAD_BUFFER_SIZE, "bad size" },
	{ EFI_NOT_READY, "not ready" },
	{ EFI_DEVICE_ERROR, "device error" },
	{ EFI_WRITE_PROTECTED, "write protected" },
	{ EFI_OUT_OF_RESOURCES, "out of memory" },
	{ EFI_VOLUME_CORRUPTED, "volume corrupted" },
	{ EFI_VOLUME_FULL, "volume full" },
	{ EFI_NO_MEDIA, "no medium" },
	{ EFI_NOT_FOUND, "not found" },
	{ EFI_ACCESS_DENIED, "refused by Secure Boot" },
	{ EFI_NO_RESPONSE, "no answer" },
	{ EFI_TIMEOUT, "time-out" },
	{ EFI_ABORTED, "aborted" },
	{ EFI_SECURITY_VIOLATION, "refused by Secure Boot" },
};

const char *say_status(EFI_STATUS status)
{
	for (u32 i = 0; i < ARRAY_SIZE(statuses); i++)
		if (statuses[i].status == status)
			return statuses[i].name;
	return "unknown error";
}
