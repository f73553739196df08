// SPDX-License-Identifier: MIT
// The guest's side of this CPU, as far as hv/core needs it. vmx/ defines these functions; core
// declares them, so that core includes nothing of vmx/. All run on CPU `c` itself in root mode with
// its VMCS current, and take no lock unless
// their comment says so.
#ifndef HV_CORE_VCPU_H
#define HV_CORE_VCPU_H

#include "hv/core/cpu.h"

struct vm;

// The guest's RIP and CR3.
u64 vcpu_rip(void);
u64 vcpu_cr3(void);

// What the exit says of the writer, for tessera_event.info: its privilege level, and
// TESSERA_EVENT_DELIVERY if an event was being delivered.
u16 vcpu_event_info(void);

// False while the guest is halted, shut down or waits for a SIPI.
bool vcpu_is_active(void);

// Lets the guest run one instruction at the next VM entry, interrupts held back; `vcpu_single_end`
// is due at the exit that follows, whatever it is.
void vcpu_single_begin(struct cpu *c);
void vcpu_single_end(struct cpu *c);

// Has every exit of every CPU add `work` (enum cpu_work) to that CPU's work while `on`. Takes a
// lock of its own.
void vcpu_work_at_exits(struct vm *vm, u32 work, bool on);

// Gives up the step under way, if there is one: nothing that it wrote is kept.
void vcpu_abandon_step(struct cpu *c);

// An NMI that arrived in root mode. On the NMI stack, with NMIs blocked.
void vcpu_nmi_in_root(struct cpu *c);

// Devirtualizes every CPU after a panic on this one. Returns when that is not possible.
void vcpu_devirtualize_after_panic(struct cpu *c);

// Writes registers, the VMCS fields that explain most surprises and the last exits, a line at a
// time, to `line`.
void vcpu_report(struct cpu *c, void (*line)(const char *text));

#endif
