// SPDX-License-Identifier: MIT
// Reads the facts of the current CPU, and enables what Tessera needs on it.
#ifndef BOOT_CPU_PROBE_H
#define BOOT_CPU_PROBE_H

#include "boot/cpu/check.h"

// Collects the facts of the CPU that it runs on. Changes nothing, calls no firmware and reads
// no MSR that the CPU may lack, so it is safe on any CPU at CPL 0.
void probe_this_cpu(struct facts *facts);

// Allows VMX outside SMX and locks that, where firmware left IA32_FEATURE_CONTROL open. To be
// called only where VMX is known to be there. Manual: "Enabling and Entering VMX Operation".
void probe_unlock_vmx(void);

// Switches NX on where firmware has switched it off in IA32_MISC_ENABLE. Returns whether that was
// so: then probe_restore_nx() undoes it. To be called only where VMX is known to be there.
bool probe_enable_nx(void);
void probe_restore_nx(void);

// Whether this CPU has NX and it is not switched off.
bool probe_has_nx(void);

// Whether Tessera is already running.
bool probe_tessera(void);

#define PROBE_BRAND_SIZE 49

// Family, model and stepping as CPUID.01H:EAX gives them, and the brand, for a report. `brand`
// takes PROBE_BRAND_SIZE bytes; "" if the CPU has no brand.
u32 probe_signature(char *brand);

#endif
