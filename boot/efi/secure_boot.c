// SPDX-License-Identifier: MIT
#include <efi.h>
#include <efilib.h>

#include "boot/efi/secure_boot.h"

bool secure_boot_is_on(void)
{
	UINT8 value = 0;
	UINTN size = sizeof(value);

	return !EFI_ERROR(
		       RT->GetVariable(L"SecureBoot", &EfiGlobalVariable, NULL, &size, &value)) &&
	       value;
}
