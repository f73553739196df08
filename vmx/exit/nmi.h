// SPDX-License-Identifier: MIT
// NMIs: ours (a kick) end in an invalidation, all others reach the guest once, with its blocking
// kept right. Manual: "Virtual NMIs", "NMI-Window Exiting".
//
// One limit is the CPU's own: it holds a single pending NMI. If a guest's NMI and a kick
// become pending together within the few instructions in which NMIs are blocked in root mode,
// hardware joins them. Kicks are therefore sent only to a CPU that runs the guest.
#ifndef VMX_EXIT_NMI_H
#define VMX_EXIT_NMI_H

#include "hv/core/cpu.h"

// Before VM entry with WORK_INJECT set: injects the pending NMI, or asks for an exit as soon as the
// guest can take it.
void nmi_deliver(struct cpu *c);

void exit_exception_or_nmi(struct cpu *c, struct regs *regs);
void exit_nmi_window(struct cpu *c, struct regs *regs);

#endif
