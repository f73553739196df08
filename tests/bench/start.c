// SPDX-License-Identifier: MIT
// A loader that does nothing but tell the time: it starts \EFI\bench\TARGET and prints the clock
// when it is entered, before it loads the next program, and before it starts it. With RESERVE it
// first takes as many bytes as Tessera would, from the same place: what an operating system then
// needs more than without is the price of another memory map, whoever made it.
#include <efi.h>
#include <efilib.h>

#include "boot/place/memory.h"
#include "tests/bench/agent/clock.h"
#include "tests/bench/agent/out.h"

#ifndef RESERVE
#define RESERVE 0
#endif

EFI_STATUS efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *table);

EFI_STATUS efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *table)
{
	u64 entered = clock_now(), loading;
	EFI_HANDLE next = NULL;
	EFI_LOADED_IMAGE *self;
	EFI_DEVICE_PATH *path;

	BS = table->BootServices;
	RT = table->RuntimeServices;
	if (RESERVE && !memory_reserve(RESERVE))
		out("wrong: no memory to reserve");
	BS->HandleProtocol(image, &LoadedImageProtocol, (void **)&self);
	path = FileDevicePath(self->DeviceHandle, L"\\EFI\\bench\\" TARGET);
	loading = clock_now();
	if (EFI_ERROR(BS->LoadImage(FALSE, image, path, NULL, 0, &next))) {
		out("wrong: no program to start");
		return EFI_NOT_FOUND;
	}
	out("stage entered %lu loading %lu starting %lu", entered, loading, clock_now());
	return BS->StartImage(next, NULL, NULL);
}
