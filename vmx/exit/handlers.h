// SPDX-License-Identifier: MIT
// The handlers of the exit table (hv/entry/tables.c). Each runs on its CPU's root stack
// with interrupts off; it advances the guest, injects a fault, or leaves the guest at the
// instruction to retry it.
#ifndef VMX_EXIT_HANDLERS_H
#define VMX_EXIT_HANDLERS_H

#include "hv/core/cpu.h"

typedef void (*exit_handler)(struct cpu *c, struct regs *regs);

// The function that vmx/exit/exit.asm calls on every exit: the dispatcher, or vmx/exit/timing.c,
// which calls it.
extern void (*vmx_exit_handler)(struct regs *regs);
void vmx_handle_exit(struct regs *regs);

// The handler of each exit reason, and the fast path of a VMCALL: returns false, having done
// nothing, if the call needs the slow path. Defined in hv/entry/tables.c and hv/call, so that
// vmx/ names none of the rooms above.
extern const exit_handler exit_table[REASON_COUNT];
bool exit_vmcall_fast(struct cpu *c, struct regs *regs);

void exit_cpuid(struct cpu *c, struct regs *regs);
void exit_cr_access(struct cpu *c, struct regs *regs);
void exit_ept_misconfiguration(struct cpu *c, struct regs *regs);
void exit_ept_violation(struct cpu *c, struct regs *regs);
void exit_exception_or_nmi(struct cpu *c, struct regs *regs);
void exit_external_interrupt(struct cpu *c, struct regs *regs);
void exit_init(struct cpu *c, struct regs *regs);
void exit_invd(struct cpu *c, struct regs *regs);
void exit_io(struct cpu *c, struct regs *regs);
void exit_monitor_trap(struct cpu *c, struct regs *regs);
void exit_nmi_window(struct cpu *c, struct regs *regs);
void exit_preemption_timer(struct cpu *c, struct regs *regs);
void exit_rdmsr(struct cpu *c, struct regs *regs);
void exit_sipi(struct cpu *c, struct regs *regs);
void exit_spp(struct cpu *c, struct regs *regs);
void exit_surprise(struct cpu *c, struct regs *regs);
void exit_task_switch(struct cpu *c, struct regs *regs);
void exit_triple_fault(struct cpu *c, struct regs *regs);
void exit_undefined(struct cpu *c, struct regs *regs);
void exit_unknown(struct cpu *c, struct regs *regs);
void exit_wrmsr(struct cpu *c, struct regs *regs);
void exit_xsetbv(struct cpu *c, struct regs *regs);

#endif
