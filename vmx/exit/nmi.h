// SPDX-License-Identifier: MIT
// NMIs. A kick (our NMI) causes an invalidation; every other NMI is delivered to the guest once,
// with correct blocking of NMIs. Manual: "Virtual NMIs", "NMI-Window Exiting".
//
// Limit of the hardware: a CPU holds one pending NMI. If an NMI for the guest and a kick become
// pending during the few instructions with NMIs blocked in root mode, the CPU merges them. Kicks
// are therefore sent only to a CPU that runs the guest.
#ifndef VMX_EXIT_NMI_H
#define VMX_EXIT_NMI_H

#include "hv/core/cpu.h"

// Before VM entry with WORK_INJECT set: injects the pending NMI, or asks for an exit as soon as the
// guest can take it.
void nmi_deliver(struct cpu *c);

void exit_exception_or_nmi(struct cpu *c, struct regs *regs);
void exit_nmi_window(struct cpu *c, struct regs *regs);

#endif
