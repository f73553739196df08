// SPDX-License-Identifier: MIT
// Wait-for-SIPI in software, for processors whose VMX lacks that activity state (some hypervisors
// offer VMX without it), or whose machine loses a SIPI that is broadcast to several waiting guests
// (one emulator does). Such a processor waits in root mode. While any does, writes to the interrupt
// command register are looked at, so that INITs and SIPIs for waiting processors reach them through
// us; at all other times the guest's APIC is its own.
#ifndef VMX_EXIT_SIPI_SOFTWARE_H
#define VMX_EXIT_SIPI_SOFTWARE_H

#include "hv/core/cpu.h"

// A processor got INIT: true when it shall wait in software. And its SIPI came.
bool waiting_begins(struct cpu *c);
void waiting_ends(struct cpu *c);

// Waits until another processor sends this one a SIPI and returns its vector. On an INIT exit, no
// lock held.
u32 waiting_for_sipi(struct cpu *c);

// True when gpa lies in the APIC's page and faulting writes to it are ours to carry out.
bool waiting_traps(const struct vm *vm, u64 gpa);

// Carries out the guest's write of `value` to the APIC register at `gpa` (xAPIC).
void waiting_apic_write(struct cpu *c, u64 gpa, u32 value);

// Carries out the guest's WRMSR to the x2APIC interrupt command register.
bool waiting_icr_write(struct cpu *c, u32 msr, u64 value);

// The register at gpa's offset as the guest's APIC has it now.
u32 waiting_apic_read(u64 gpa);

#endif
