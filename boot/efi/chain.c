// SPDX-License-Identifier: MIT
#include <efi.h>
#include <efilib.h>

#include "boot/efi/bootorder.h"
#include "boot/efi/chain.h"
#include "boot/efi/say.h"

// In the order in which they are tried on each volume: a distribution's signed shim before its bare
// GRUB, so that Secure Boot works, and the fallback of every disk last.
static const CHAR16 *const well_known[] = {
	L"\\EFI\\debian\\shimx64.efi",    L"\\EFI\\debian\\grubx64.efi",
	L"\\EFI\\ubuntu\\shimx64.efi",    L"\\EFI\\ubuntu\\grubx64.efi",
	L"\\EFI\\fedora\\shimx64.efi",    L"\\EFI\\redhat\\shimx64.efi",
	L"\\EFI\\centos\\shimx64.efi",    L"\\EFI\\rocky\\shimx64.efi",
	L"\\EFI\\almalinux\\shimx64.efi", L"\\EFI\\opensuse\\shim.efi",
	L"\\EFI\\opensuse\\grubx64.efi",  L"\\EFI\\arch\\grubx64.efi",
	L"\\EFI\\GRUB\\grubx64.efi",      L"\\EFI\\systemd\\systemd-bootx64.efi",
	L"\\EFI\\refind\\refind_x64.efi", L"\\EFI\\Microsoft\\Boot\\bootmgfw.efi",
	L"\\EFI\\BOOT\\grubx64.efi",      L"\\EFI\\BOOT\\BOOTX64.EFI",
};

// Starts the file wherever it is. Returns whether there was one.
static bool try_file(const struct self *self, const CHAR16 *file)
{
	struct volumes all;
	bool found = self->volume && start_file(self, self->volume, file);

	volumes_wake();
	all = volumes_list(self->volume);
	for (UINTN i = 0; i < all.count; i++)
		if (all.handle[i] != self->volume)
			found |= start_file(self, all.handle[i], file);
	volumes_free(&all);
	return found;
}

static void try_next(const struct self *self, const char *next)
{
	CHAR16 file[PATH_TEXT_SIZE];
	u32 n = 0;

	for (; next[n] && n + 1 < PATH_TEXT_SIZE; n++)
		file[n] = (u8)next[n];
	file[n] = 0;
	if (n && !try_file(self, file))
		say("next = %s: not found, or this loader itself: trying others", next);
}

static void try_well_known(const struct self *self)
{
	struct volumes all;

	volumes_wake();
	all = volumes_list(self->volume);
	for (UINTN i = 0; i < all.count; i++)
		for (u32 k = 0; k < ARRAY_SIZE(well_known); k++)
			start_file(self, all.handle[i], well_known[k]);
	volumes_free(&all);
}

void chain_start(const struct self *self, const char *next)
{
	try_next(self, next);
	bootorder_start(self);
	try_well_known(self);
	say("no loader is left to start: set next = in tessera.conf; returning to the firmware");
}
