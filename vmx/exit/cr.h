// SPDX-License-Identifier: MIT
// CR0 and CR4: what VMX operation forces on them, and what the guest is shown instead.
// Manual: "Restrictions on VMX Operation", "CR4 and CR0 guest/host masks and read shadows".
#ifndef VMX_EXIT_CR_H
#define VMX_EXIT_CR_H

#include "hv/core/cpu.h"
#include "vmx/vmcs/capability.h"

#define CR0_PE      BIT(0)
#define CR0_ET      BIT(4)
#define CR0_NE      BIT(5)
#define CR0_NW      BIT(29)
#define CR0_CD      BIT(30)
#define CR0_PG      BIT(31)

#define CR4_PAE     BIT(5)
#define CR4_VMXE    BIT(13)
#define CR4_SMXE    BIT(14)
#define CR4_OSXSAVE BIT(18)
#define CR4_PKE     BIT(22)
#define CR4_FRED    BIT(32)

// Puts this processor's CR0 and CR4 within what VMXON demands, remembering what was there; and
// back.
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
