// SPDX-License-Identifier: MIT
#include "boot/cpu/check.h"
#include "hv/lib/format.h"
#include "hv/x86/msr.h"
#include "vmx/vmcs/controls.h"

#define CPUID_1_ECX_VMX BIT(5)

#define EPT_NEEDED \
	(EPT_CAP_4_LEVEL | EPT_CAP_WB | EPT_CAP_INVEPT | EPT_CAP_INVEPT_SINGLE | EPT_CAP_INVEPT_ALL)

#define OTHER_CPU "use an Intel Core of the 4th generation or later"

// From cause to consequence. Manual: "VMX Capability Reporting Facility".
const struct requirement requirements[] = {
	{ "VMX", FACT_FEATURES, NEED_ALWAYS, CPUID_1_ECX_VMX,
	  "use an Intel processor with VT-x; in a virtual machine, switch nested VT-x on" },
	{ "VMX allowed by firmware", FACT_LOCK, NEED_ALWAYS, FEATURE_CONTROL_VMX,
	  "enable VT-x (Virtualization Technology) in the firmware's setup, then power off and "
	  "on" },
	{ "NMI exiting", FACT_PIN, NEED_ALWAYS, PIN_NMI_EXITING | PIN_VIRTUAL_NMIS, OTHER_CPU },
	{ "MSR bitmaps", FACT_PRIMARY, NEED_ALWAYS, PRIMARY_MSR_BITMAPS, OTHER_CPU },
	{ "secondary controls", FACT_PRIMARY, NEED_ALWAYS, PRIMARY_SECONDARY, OTHER_CPU },
	{ "EPT", FACT_SECONDARY, NEED_ALWAYS, SECONDARY_EPT, OTHER_CPU },
	{ "EPT with 4 levels, write-back and INVEPT", FACT_EPT, NEED_ALWAYS, EPT_NEEDED,
	  OTHER_CPU },
	{ "unrestricted guest", FACT_SECONDARY, NEED_ALWAYS, SECONDARY_UNRESTRICTED, OTHER_CPU },
	{ "VPID", FACT_SECONDARY, NEED_ALWAYS, SECONDARY_VPID, OTHER_CPU },
	{ "SPP", FACT_SECONDARY, NEED_HARDWARE, SECONDARY_SPP,
	  "tiles are enforced by the software engine, which is slower" },
	{ "monitor trap flag", FACT_PRIMARY, NEED_SOFTWARE, PRIMARY_MONITOR_TRAP,
	  "no audit, no discard, no software engine, and rules cover whole tiles" },
	{ "preemption timer", FACT_PIN, NEED_NEVER, PIN_PREEMPTION_TIMER,
	  "the console answers only when the guest happens to exit" },
};

const u32 requirement_count = ARRAY_SIZE(requirements);

static bool in_set(const struct cpu_set *set, u32 cpu)
{
	return set->bits[cpu / 64] & BIT(cpu % 64);
}

struct cpu_set check_lacking(const struct requirement *r, const struct facts *facts, u32 cpus)
{
	struct cpu_set set = { 0 };

	for (u32 cpu = 0; cpu < cpus; cpu++) {
		bool known = facts[cpu].known & BIT(r->fact);

		if (known && (facts[cpu].word[r->fact] & r->bits) != r->bits) {
			set.bits[cpu / 64] |= BIT(cpu % 64);
			set.count++;
		}
	}
	return set;
}

bool check_known(const struct requirement *r, const struct facts *facts, u32 cpus)
{
	for (u32 cpu = 0; cpu < cpus; cpu++)
		if (facts[cpu].known & BIT(r->fact))
			return true;
	return false;
}

// Where the run of processors in the set that starts at `first` ends, itself included.
static u32 run_end(const struct cpu_set *set, u32 first, u32 cpus)
{
	while (first + 1 < cpus && in_set(set, first + 1))
		first++;
	return first;
}

void check_list(const struct cpu_set *set, u32 cpus, char *to, u32 size)
{
	u32 length;

	if (set->count == cpus) {
		format(to, size, cpus == 1 ? "the processor" : "every processor");
		return;
	}
	length = format(to, size, set->count == 1 ? "processor " : "processors ");
	for (u32 cpu = 0; cpu < cpus && length < size; cpu++) {
		u32 end = run_end(set, cpu, cpus);
		const char *comma = to[length - 1] == ' ' ? "" : ",";

		if (!in_set(set, cpu))
			continue;
		length += format(to + length, size - length, "%s%u", comma, cpu);
		if (end != cpu && length < size)
			length += format(to + length, size - length, "-%u", end);
		cpu = end;
	}
}
