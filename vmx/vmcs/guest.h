// SPDX-License-Identifier: MIT
// Functions for exit handlers: advance the guest to the next instruction, or inject an exception.
#ifndef VMX_VMCS_GUEST_H
#define VMX_VMCS_GUEST_H

#include "hv/core/cpu.h"
#include "hv/core/guest_walk.h"
#include "hv/x86/control_regs.h"
#include "vmx/vmcs/controls.h"
#include "vmx/vmcs/vmcs.h"

// Whether the guest traps after each instruction. Manual: "Single-Stepping on Branches".
static inline bool guest_traps(u64 rflags)
{
	return (rflags & RFLAGS_TF) && !(vmread(GUEST_DEBUGCTL) & DEBUGCTL_BTF);
}

// The slow part of guest_advance_by: interrupt shadows, single-stepping, or an address that wraps.
void guest_advance_slow(struct cpu *c, u64 from, u64 to, u64 rflags);

// Advances the guest past the instruction of `length` bytes that just exited, which the hypervisor
// has emulated.
static inline void guest_advance_by(struct cpu *c, u64 length)
{
	u64 from = vmread(GUEST_RIP), to = from + length;
	u64 rflags = vmread(GUEST_RFLAGS);

	// Bit 31 changes at every 2 GiB boundary that RIP crosses.
	if ((rflags & (RFLAGS_TF | RFLAGS_IF)) || (s32)(from ^ to) < 0)
		guest_advance_slow(c, from, to, rflags);
	else
		vmwrite(GUEST_RIP, to);
}

static inline void guest_advance(struct cpu *c)
{
	guest_advance_by(c, vmread(EXIT_INSTRUCTION_LENGTH));
}

// Injects a fault at the instruction that exited; RIP stays. During event delivery the manual's
// double-fault rules apply ("Conditions for Generating a Double Fault").
void guest_inject_gp(struct cpu *c);
// The same, when `event` (interruption information, or 0) was being delivered.
void guest_inject_gp_during(struct cpu *c, u32 event);
void guest_inject_ud(struct cpu *c);

// An exit in the middle of event delivery (IDT-vectoring information valid) interrupted that event:
// delivers it again with the next entry. Also restores virtual-NMI blocking that an IRET lifted
// when the exit's qualification says so. For the exits that can happen there: EPT violation, EPT
// misconfiguration, SPP. Returns true when an event was delivered again.
bool guest_requeue_event(struct cpu *c, u64 qualification);

// The paging registers of the guest on this CPU.
struct paging guest_paging(void);

// The current privilege level.
static inline u32 guest_cpl(void)
{
	return (vmread(GUEST_RIGHTS(SEG_SS)) >> 5) & 3;
}

#endif
