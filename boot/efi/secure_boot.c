// SPDX-License-Identifier: MIT
#include <efi.h>
#include <efilib.h>

#include "boot/efi/secure_boot.h"

bool secure_boot_is_on(void)
{
	EFI_GUID global = EFI_GLOBAL_VARIABLE;
	UINT8 value = 0;
	UINTN size = sizeof(value);

	return !EFI_ERROR(RT->GetVariable(L"SecureBoot", &global, NULL, &size, &value)) && value;
}
