// SPDX-License-Identifier: MIT
// What Tessera needs from a processor, as one table, and who lacks it. Pure: boot/cpu/probe.c
// collects the facts, this judges them, boot/cpu/processors.c and boot/main.c say it.
#ifndef BOOT_CPU_CHECK_H
#define BOOT_CPU_CHECK_H

#include "hv/entry/boot_info.h"

// What a processor says about itself. Each is one word of bits.
enum fact {
	FACT_FEATURES,  // CPUID.01H:ECX
	FACT_LOCK,      // what IA32_FEATURE_CONTROL allows; an unlocked one allows everything
	FACT_PIN,       // the controls that may be 1: pin-based,
	FACT_PRIMARY,   // primary processor-based,
	FACT_SECONDARY, // secondary processor-based
	FACT_EPT,       // IA32_VMX_EPT_VPID_CAP
	FACT_COUNT,
};

struct facts {
	u32 apic_id;
	u32 known; // bit per enum fact: a word that cannot be asked for is neither good nor bad
	u64 word[FACT_COUNT];
};

// The engines of the config that cannot do without something: a bit per enum boot_engine.
#define NEED_NEVER    0
#define NEED_HARDWARE BIT(BOOT_ENGINE_HARDWARE)
#define NEED_SOFTWARE BIT(BOOT_ENGINE_SOFTWARE)
#define NEED_ALWAYS   (BIT(BOOT_ENGINE_AUTO) | NEED_HARDWARE | NEED_SOFTWARE)

struct requirement {
	const char *name;
	enum fact fact;
	u32 needed;         // NEED_*
	u64 bits;           // all of them must be set
	const char *remedy; // where needed: what to do; else what is lost
};

extern const struct requirement requirements[];
extern const u32 requirement_count;

struct cpu_set {
	u32 count;
	u64 bits[BOOT_CPUS_MAX / 64];
};

// The processors, out of `cpus`, that are known to lack a requirement. A processor is not asked for
// what hangs on something else that it lacks: the cause is named, not its consequences.
struct cpu_set check_lacking(const struct requirement *r, const struct facts *facts, u32 cpus);

// Whether any of the processors could be asked for it.
bool check_known(const struct requirement *r, const struct facts *facts, u32 cpus);

// Writes the set as "every processor", "processor 3" or "processors 0-2,5" into `to`.
void check_list(const struct cpu_set *set, u32 cpus, char *to, u32 size);

#endif
