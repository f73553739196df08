// SPDX-License-Identifier: MIT
// CR0 and CR4: the bits that VMX operation forces, and the values that the guest reads instead.
// Manual: "Restrictions on VMX Operation", "CR4 and CR0 guest/host masks and read shadows".
#ifndef VMX_EXIT_CR_H
#define VMX_EXIT_CR_H

#include "hv/core/cpu.h"
#include "hv/x86/control_regs.h"
#include "vmx/vmcs/capability.h"

// crs_enter_vmx saves this CPU's CR0 and CR4 and sets them as VMXON requires; crs_leave_vmx
// restores them.
void crs_enter_vmx(const struct vmx_capability *cap);
void crs_leave_vmx(void);

// Writes the guest's CR0 and CR4 with their masks and shadows. VMCS current.
void crs_init(void);

// CR0 and CR4 as INIT leaves them.
void crs_reset(void);

// CR0 and CR4 as the guest sees them.
u64 crs_guest_cr0(void);
u64 crs_guest_cr4(void);

// The CR-access exit.
void exit_cr_access(struct cpu *c, struct regs *regs);

#endif
