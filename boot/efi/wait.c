// SPDX-License-Identifier: MIT
#include <efi.h>
#include <efilib.h>

#include "boot/efi/wait.h"

#define TICKS_PER_SECOND 10000000ULL // of 100 ns

bool wait_for_key(u32 seconds, EFI_INPUT_KEY *key)
{
	EFI_EVENT timer;
	UINTN which = 1;

	if (EFI_ERROR(BS->CreateEvent(EVT_TIMER, 0, NULL, NULL, &timer)))
		return false;
	BS->SetTimer(timer, TimerRelative, seconds * TICKS_PER_SECOND);
	BS->WaitForEvent(2, (EFI_EVENT[]){ ST->ConIn->WaitForKey, timer }, &which);
	BS->CloseEvent(timer);
	return which == 0 && !EFI_ERROR(ST->ConIn->ReadKeyStroke(ST->ConIn, key));
}
