// SPDX-License-Identifier: MIT
// The VMX capabilities of this CPU. Manual: "VMX Capability Reporting Facility".
#ifndef VMX_VMCS_CAPABILITY_H
#define VMX_VMCS_CAPABILITY_H

#include "hv/lib/boot_info.h"
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

// The number of physical-address bits that select memory: MAXPHYADDR less the bits that memory
// encryption uses for keys, through which a guest could reach the hidden block at a second address.
// Any CPU at CPL 0.
u32 vmx_address_bits(void);

// Reads this CPU's capabilities. Returns BOOT_OK, or BOOT_LACKS() of the first requirement that
// `engine` (enum boot_engine) needs and this CPU lacks. The loader has unlocked and locked
// IA32_FEATURE_CONTROL before. Any CPU in root or native mode at CPL 0.
s32 vmx_capability_read(struct vmx_capability *c, u32 engine);

// A control word: `required` bits (known to be there) plus those of `optional` that the CPU
// has, plus those that must be 1.
u32 vmx_control(u64 capability, u32 required, u32 optional);

#endif
