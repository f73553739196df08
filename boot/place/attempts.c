// SPDX-License-Identifier: MIT
#include <efi.h>
#include <efilib.h>

#include "boot/place/attempts.h"

#define ATTRIBUTES \
	(EFI_VARIABLE_NON_VOLATILE | EFI_VARIABLE_BOOTSERVICE_ACCESS | EFI_VARIABLE_RUNTIME_ACCESS)

static EFI_GUID guid = ATTEMPTS_GUID;

u32 attempts_count(void)
{
	u8 count = 0;
	UINTN size = sizeof(count);

	if (EFI_ERROR(RT->GetVariable(ATTEMPTS_NAME, &guid, NULL, &size, &count)))
		return 0;
	return count;
}

void attempts_forget(void)
{
	RT->SetVariable(ATTEMPTS_NAME, &guid, ATTRIBUTES, 0, NULL);
}

static EFIAPI void system_takes_over(EFI_EVENT event, void *context)
{
	(void)event;
	(void)context;
	attempts_forget();
}

// The event is signaled by ExitBootServices(), when the kernel has been loaded and takes over.
static void confirm_at_exit(void)
{
	EFI_EVENT event;

	BS->CreateEvent(EVT_SIGNAL_EXIT_BOOT_SERVICES, TPL_CALLBACK, system_takes_over, NULL,
			&event);
}

void attempts_begin(enum config_confirm confirm)
{
	u8 count = (u8)MIN(attempts_count() + 1, UINT8_MAX);

	if (confirm == CONFIG_CONFIRM_NONE)
		return;
	RT->SetVariable(ATTEMPTS_NAME, &guid, ATTRIBUTES, sizeof(count), &count);
	if (confirm == CONFIG_CONFIRM_BOOT)
		confirm_at_exit();
}
