// SPDX-License-Identifier: MIT
// The handlers of the exit table (vmx/exit/dispatch.c). Each runs on its CPU's root stack
// with interrupts off; it either moves the guest on, gives it a fault, or leaves it where it was to
// try again.
#ifndef VMX_EXIT_HANDLERS_H
#define VMX_EXIT_HANDLERS_H

#include "hv/core/cpu.h"

typedef void (*exit_handler)(struct cpu *c, struct regs *regs);

// What vmx/exit/exit.asm calls on every exit: the dispatcher itself, or vmx/exit/timing.c around
// it.
extern void (*vmx_exit_handler)(struct regs *regs);
void vmx_handle_exit(struct regs *regs);

// The handler of each exit reason, and the fast path of a VMCALL: returns false, having done
// nothing, where the call needs the slow one. Defined in hv/entry/tables.c and hv/call, so that
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
void exit_wrmsr(struct cpu *c, struct regs *regs);
void exit_xsetbv(struct cpu *c, struct regs *regs);

#endif
