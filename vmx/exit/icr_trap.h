// SPDX-License-Identifier: MIT
// The trap on writes to the local APIC's interrupt command register. While it is on, INITs and
// SIPIs are carried out here instead of by the APIC, so that none is lost while its target runs the
// hypervisor: the target keeps them in cpu.start (vmx/exit/init_sipi.c). It is on from the loader's
// commit until no CPU has been started for a while, and while any CPU waits for its SIPI in root
// mode; always with sipi = software; never on a machine with one CPU, where nobody is started. At
// all other times the guest uses its APIC directly.
//
// xAPIC: a built-in rule takes write access from the APIC's page, and each write is stepped.
// x2APIC: the MSR bitmap.
#ifndef VMX_EXIT_ICR_TRAP_H
#define VMX_EXIT_ICR_TRAP_H

#include "hv/core/cpu.h"

// Switches the trap on for a while. Root mode, no lock above the page locks held.
void icr_trap_renew(struct vm *vm);

// Called when a CPU begins or stops to wait in root mode. No lock held.
void icr_trap_hold(struct vm *vm, bool on);

// Whether gpa is in the APIC's page, so that writes to it that fault are carried out here.
bool icr_trap_covers(const struct vm *vm, u64 gpa);

// Carries out the guest's write of `value` to the APIC register at `gpa` (xAPIC).
void icr_trap_apic_write(struct cpu *c, u64 gpa, u32 value);

// Carries out the guest's WRMSR to the x2APIC interrupt command register.
bool icr_trap_msr_write(struct cpu *c, u32 msr, u64 value);

// The register at gpa's offset as the guest's APIC has it now.
u32 icr_trap_apic_read(u64 gpa);

#endif
