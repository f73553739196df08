// SPDX-License-Identifier: MIT
// Puts a CPU into VMX operation, with the running system as its guest.
#ifndef VMX_VMCS_SETUP_H
#define VMX_VMCS_SETUP_H

#include "hv/core/cpu.h"
#include "hv/x86/native.h"
#include "vmx/vmcs/capability.h"

// Does VMXON on this CPU and fills its VMCS, which becomes current: host state from our tables,
// guest state from `native`. BOOT_OK, or VMXON with nothing changed. Interrupts off.
s32 vmx_start(struct cpu *c, const struct vmx_capability *cap, const struct native *native);

// Undoes vmx_start: VMXOFF, and restores this CPU's CR0 and CR4.
void vmx_stop(void);

// hv/entry/entry.asm: enters the guest; returns only when VMLAUNCH failed.
bool vmx_launch(void);

// The EPTP of a root: 4 levels, write-back, no accessed and dirty flags (with them each page walk
// through a protected page-table page would count as a write).
u64 vmx_eptp(const struct vm *vm, const u64 *root);

// vmx/exit/exit.asm: where every VM exit arrives.
void vmx_exit(void);

#endif
