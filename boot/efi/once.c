// SPDX-License-Identifier: MIT
#include <efi.h>
#include <efilib.h>

#include "boot/efi/once.h"

static EFI_GUID running = {
	0x7e55e7a0, 0x6f6e, 0x4c65, { 0xb1, 0x2e, 0x4a, 0x0c, 0x5d, 0x93, 0x68, 0x01 }
};

bool once_begin(EFI_HANDLE image)
{
	void *other;

	return EFI_ERROR(BS->LocateProtocol(&running, NULL, &other)) &&
	       !EFI_ERROR(
		       BS->InstallProtocolInterface(&image, &running, EFI_NATIVE_INTERFACE, NULL));
}

void once_end(EFI_HANDLE image)
{
	BS->UninstallProtocolInterface(image, &running, NULL);
}
