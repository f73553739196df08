// SPDX-License-Identifier: MIT
// Protecting and unprotecting a tile while all other CPUs run: the call returns when none of
// them can still store there. The page has another protected tile, so no page is split or
// merged.
#include <efi.h>
#include <efilib.h>

#include "boot/cpu/mp.h"
#include "tests/bench/agent/call.h"
#include "tests/bench/agent/measure.h"
#include "tests/bench/agent/out.h"
#include "tests/bench/agent/parts.h"

#define PAGE_GPA (ARENA_GPA + 5 * PAGE_SIZE)
#define TILE_GPA (PAGE_GPA + TESSERA_TILE_SIZE)

static EFI_GUID mp_guid = {
	0x3fdda605, 0xa76e, 0x4f46, { 0xad, 0x29, 0x12, 0xf4, 0x53, 0x1b, 0x3d, 0x08 }
};

static void change(enum tessera_call number, u64 gpa)
{
	struct answer a = call(number, TESSERA_RULE_DENY, gpa, TESSERA_TILE_SIZE);

	if (a.error)
		out("wrong: call %u answers %ld", number, a.error);
}

static void protect(void)
{
	change(TESSERA_CALL_PROTECT, TILE_GPA);
}

static void unprotect(void)
{
	change(TESSERA_CALL_UNPROTECT, TILE_GPA);
}

static u32 spinning;

static EFIAPI VOID spin(VOID *argument)
{
	(void)argument;
	__atomic_fetch_add(&spinning, 1, __ATOMIC_SEQ_CST);
	for (;;)
		__builtin_ia32_pause();
}

void occupy_processors(void)
{
	struct mp_services *mp;
	UINTN all, enabled;
	EFI_EVENT never;

	if (EFI_ERROR(BS->LocateProtocol(&mp_guid, NULL, (void **)&mp)) ||
	    EFI_ERROR(mp->count(mp, &all, &enabled)) || enabled == 1)
		return;
	if (EFI_ERROR(BS->CreateEvent(0, 0, NULL, NULL, &never)) ||
	    EFI_ERROR(mp->run_all(mp, spin, FALSE, never, 0, NULL, NULL)))
		out("wrong: the other processors do not start");
	while (__atomic_load_n(&spinning, __ATOMIC_SEQ_CST) != enabled - 1)
		__builtin_ia32_pause();
}

void measure_shootdown(void)
{
	static const struct operation operations[] = {
		{ .name = "protect_shootdown", .run = protect, .after = unprotect },
		{ .name = "unprotect_shootdown", .before = protect, .run = unprotect },
	};

	if (!under_tessera)
		return;
	change(TESSERA_CALL_PROTECT, PAGE_GPA);
	for (u32 i = 0; i < ARRAY_SIZE(operations); i++)
		measure(&operations[i]);
}
