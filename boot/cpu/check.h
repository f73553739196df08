// SPDX-License-Identifier: MIT
// Judges what the CPUs report against the table of requirements (vmx/vmcs/requirements.h). Pure,
// and shared: boot/cpu/probe.c and guest/tools/machine.c supply the reader, boot/cpu/report.c,
// boot/cpu/inspect.c and guest/tools/cmd_check.c print the result.
#ifndef BOOT_CPU_CHECK_H
#define BOOT_CPU_CHECK_H

#include "hv/x86/cpuid.h"
#include "vmx/vmcs/requirements.h"

// What one CPU reports about itself.
struct facts {
	u32 apic_id;
	u32 known; // bit per enum vmx_word: a word that could not be read is neither good nor bad
	u32 word[VMX_WORD_COUNT];
};

// How the facts of CPU `cpu` are read. `msr` returns false when the MSR cannot be read.
struct cpu_reader {
	struct cpuid (*cpuid)(u32 leaf);
	bool (*msr)(u32 cpu, u32 msr, u64 *value);
};

// Reads the words of CPU `cpu` into facts->word and facts->known. It reads no MSR that the CPU may
// lack. False when an MSR that the CPU has could not be read; the words after it stay unknown.
bool check_collect(struct facts *facts, u32 cpu, const struct cpu_reader *reader);

struct requirement {
	const char *name;
	const char *remedy; // where needed: what to do; else what is lost
	enum vmx_word word;
	u32 bits;   // all of them must be set
	u32 needed; // NEED_*
};

// By enum requirement_id, from cause to consequence.
extern const struct requirement requirements[REQUIREMENT_COUNT];

struct cpu_set {
	u32 count;
	u64 bits[BOOT_CPUS_MAX / 64];
};

// The CPUs, out of `cpus`, that are known to lack a requirement. A CPU whose word is unknown is not
// in the set: what is missing before it is the cause.
struct cpu_set check_lacking(const struct requirement *r, const struct facts *facts, u32 cpus);

// Whether the requirement is known of at least one of the CPUs.
bool check_known(const struct requirement *r, const struct facts *facts, u32 cpus);

// Writes what an answer of the hypervisor means into `to` of `size` bytes: an enum boot_error, or
// BOOT_LACKS() of a requirement.
void check_explain(s32 error, char *to, u32 size);

// Writes the set as "every CPU", "CPU 3" or "CPUs 0-2,5" into `to`.
void check_list(const struct cpu_set *set, u32 cpus, char *to, u32 size);

#endif
