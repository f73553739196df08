// SPDX-License-Identifier: MIT
// The hypervisor's own environment on each CPU: GDT, TSS, IDT, stacks, windows.
#ifndef HV_CORE_HOST_H
#define HV_CORE_HOST_H

#include "hv/core/cpu.h"

#define HOST_CODE_SELECTOR 0x08
// Far behind what firmware uses: a CPU that Tessera is taken off again may have had no TSS,
// and then keeps ours in TR. Some firmware saves TR and loads it again if it lies within its own
// GDT.
#define HOST_TSS_SELECTOR 0x80

// Allocates and fills CPU `number`: struct cpu, guarded stacks, GDT, TSS, windows, VMX
// regions. NULL when the pool is empty. Before that CPU's launch.
struct cpu *host_create_cpu(struct vm *vm, u32 number);

// Loads our GDT, IDT and GS base on this CPU; and back to what native held.
struct native;
void host_load(struct cpu *c);
void host_unload(void);

u64 host_idt_base(void);

// CR4 in root mode: paging extensions that the CPU has, OSXSAVE for XSETBV, nothing that
// would let guest state reach us (SMEP, SMAP and PKE need no user pages to be off).
u64 host_cr4(void);

// Maps one page of physical memory that is not RAM (a device) uncached, for good. NULL without
// memory for the tables.
volatile void *host_map_device(u64 pa);

#endif
