// SPDX-License-Identifier: MIT
// The benchmark's guest: a UEFI program that measures with interrupts off, natively or under
// Tessera, prints its figures and switches the machine off.
#include <efi.h>
#include <efilib.h>

#include "hv/lib/string.h"
#include "hv/x86/insn.h"
#include "tests/bench/agent/call.h"
#include "tests/bench/agent/measure.h"
#include "tests/bench/agent/out.h"
#include "tests/bench/agent/parts.h"

static bool has_signature(void)
{
	struct cpuid r = cpuid(TESSERA_CPUID_BASE, 0);

	return memcmp(&r.ebx, TESSERA_SIGNATURE, sizeof(TESSERA_SIGNATURE) - 1) == 0;
}

static bool take_arena(void)
{
	EFI_PHYSICAL_ADDRESS at = ARENA_GPA;

	return !EFI_ERROR(
		BS->AllocatePages(AllocateAddress, EfiLoaderData, ARENA_SIZE / PAGE_SIZE, &at));
}

EFI_STATUS efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *table);

EFI_STATUS efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *table)
{
	(void)image;
	BS = table->BootServices;
	under_tessera = has_signature();
	out("%s", under_tessera ? "under Tessera" : "native");
	if (!take_arena())
		out("wrong: the arena is not free");
	occupy_processors();
	__asm__ volatile("cli");
	measure_exits();
	measure_writes();
	measure_access();
	measure_shootdown();
	out("end");
	table->RuntimeServices->ResetSystem(EfiResetShutdown, EFI_SUCCESS, 0, NULL);
	return EFI_SUCCESS;
}
