// SPDX-License-Identifier: MIT
// The hypervisor's own environment on each CPU: GDT, TSS, IDT, stacks, windows.
#ifndef HV_CORE_HOST_H
#define HV_CORE_HOST_H

#include "hv/core/cpu.h"

#define HOST_CODE_SELECTOR 0x08
// Far above the selectors that firmware uses. A devirtualized CPU that had no TSS before keeps ours
// in TR; some firmware saves TR and loads it again if the selector is within its own GDT.
#define HOST_TSS_SELECTOR 0x80

#define IST_NMI           1 // which of the TSS's stacks the NMI handler uses

// Allocates and fills what CPU `number` needs: struct cpu, stacks between unmapped pages, GDT, TSS,
// windows, VMX regions. NULL if the pool is empty. Called before that CPU is launched.
struct cpu *host_create_cpu(struct vm *vm, u32 number);

// host_load loads our GDT, IDT and GS base on this CPU; host_unload restores what it held before.
struct native;
void host_load(struct cpu *c);
void host_unload(void);

u64 host_idt_base(void);

// CR4 in root mode, as far as the CPU has the bits: OSXSAVE is for XSETBV, PKE for RDPKRU. No bit
// lets guest state affect root mode: it has no user pages, which PKRU, SMEP and SMAP are about.
#define HOST_CR4_BITS (CR4_PAE | CR4_MCE | CR4_OSFXSR | CR4_VMXE | CR4_OSXSAVE | CR4_PKE)

// Maps one page of a device uncached, permanently. NULL if there is no memory for the tables.
volatile void *host_map_device(u64 pa);

#endif
