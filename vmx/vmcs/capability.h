// SPDX-License-Identifier: MIT
// What this processor's VMX can do. Manual: "VMX Capability Reporting Facility".
#ifndef VMX_VMCS_CAPABILITY_H
#define VMX_VMCS_CAPABILITY_H

#include "hv/entry/boot_info.h"
#include "hv/lib/types.h"

struct vmx_capability {
	u64 basic; // IA32_VMX_BASIC
	u64 pin;   // each control word: low half must be 1, high half may be 1
	u64 primary;
	u64 secondary;
	u64 exit;
	u64 entry;
	u64 ept_vpid;
	u64 misc;
	u64 cr0_fixed0, cr0_fixed1;
	u64 cr4_fixed0, cr4_fixed1;
	u8 addr_bits; // vmx_address_bits()
};

// Bits of a physical address that tell memory apart: MAXPHYADDR less those that memory encryption
// takes for keys, by which a guest could reach our block at a second place. Any processor at CPL 0.
u32 vmx_address_bits(void);

// Reads this processor's capabilities. Returns BOOT_OK, or the boot_error that names what Tessera
// cannot do without: NO_VMX, LOCKED_OFF, NO_EPT, NO_CONTROL. Sets IA32_FEATURE_CONTROL when
// firmware left it unlocked. Any processor in root or native mode at CPL 0.
s32 vmx_capability_read(struct vmx_capability *c);

// A control word: `required` bits (known to be there) plus those of `optional` that the processor
// has, plus what it insists on.
u32 vmx_control(u64 capability, u32 required, u32 optional);

// The controls we cannot live without.
#define PIN_REQUIRED       (PIN_NMI_EXITING | PIN_VIRTUAL_NMIS)
#define PRIMARY_REQUIRED   (PRIMARY_MSR_BITMAPS | PRIMARY_SECONDARY | PRIMARY_IO_BITMAPS)
#define SECONDARY_REQUIRED (SECONDARY_EPT | SECONDARY_UNRESTRICTED | SECONDARY_VPID)
#define EXIT_REQUIRED                                                                      \
	(EXIT_SAVE_DEBUG | EXIT_HOST_64 | EXIT_SAVE_PAT | EXIT_LOAD_PAT | EXIT_SAVE_EFER | \
	 EXIT_LOAD_EFER)
#define ENTRY_REQUIRED (ENTRY_LOAD_DEBUG | ENTRY_GUEST_64 | ENTRY_LOAD_PAT | ENTRY_LOAD_EFER)

#endif
