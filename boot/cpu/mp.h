// SPDX-License-Identifier: MIT
// The firmware's MP services protocol, which gnu-efi does not describe. UEFI Platform
// Initialization specification, volume 2, "MP Services Protocol".
#ifndef BOOT_CPU_MP_H
#define BOOT_CPU_MP_H

#include <efi.h>

#define MP_STATUS_BSP     0x1
#define MP_STATUS_ENABLED 0x2

struct mp_processor {
	UINT64 apic_id;
	UINT32 status;
	UINT32 package, core, thread;
	UINT32 extended[6]; // only if a flag in the number asks for it; not used
};

typedef VOID(EFIAPI *mp_procedure)(VOID *argument);

struct mp_services {
	EFI_STATUS(EFIAPI *count)(struct mp_services *mp, UINTN *all, UINTN *enabled);
	EFI_STATUS(EFIAPI *info)(struct mp_services *mp, UINTN number, struct mp_processor *info);
	EFI_STATUS(EFIAPI *run_all)
	(struct mp_services *mp, mp_procedure procedure, BOOLEAN one_by_one, EFI_EVENT event,
	 UINTN microseconds, VOID *argument, UINTN **failed);
	EFI_STATUS(EFIAPI *run_on)
	(struct mp_services *mp, mp_procedure procedure, UINTN number, EFI_EVENT event,
	 UINTN microseconds, VOID *argument, BOOLEAN *finished);
	VOID *switch_bsp, *enable_ap, *who_am_i;
};

#endif
