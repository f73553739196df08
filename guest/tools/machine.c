// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "tools/machine.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "hv/x86/msr.h"
#include "lib/system.h"
#include "tessera/call.h"
#include "vmx/vmcs/controls.h"

#define CPUID_1_ECX_VMX BIT(5)

static bool below(void)
{
	return tessera_present();
}

static u32 features(void)
{
	return tessera_cpuid(1).ecx;
}

static bool read_msr(u32 cpu, u32 msr, u64 *value)
{
	int fd = open(tessera_path("/dev/cpu/%u/msr", cpu).text, O_RDONLY | O_CLOEXEC);
	bool good = fd >= 0 && pread(fd, value, sizeof(*value), msr) == sizeof(*value);

	if (fd >= 0)
		close(fd);
	return good;
}

struct machine machine = { below, features, read_msr };

static void learn(struct facts *facts, enum fact fact, u64 word)
{
	facts->word[fact] = word;
	facts->known |= BIT(fact);
}

// The bits that may be 1 stand in the upper half of a control's capability MSR.
static bool learn_control(u32 cpu, struct facts *facts, enum fact fact, u32 msr)
{
	u64 value = 0;

	if (!machine.msr(cpu, msr, &value))
		return false;
	learn(facts, fact, value >> 32);
	return true;
}

// False when an MSR cannot be read.
static bool look_at(u32 cpu, struct facts *facts)
{
	u64 value = 0;

	learn(facts, FACT_FEATURES, machine.features());
	if (!(facts->word[FACT_FEATURES] & CPUID_1_ECX_VMX))
		return true;
	if (!machine.msr(cpu, IA32_FEATURE_CONTROL, &value))
		return false;
	learn(facts, FACT_LOCK, value & FEATURE_CONTROL_LOCKED ? value : FEATURE_CONTROL_VMX);
	if (!learn_control(cpu, facts, FACT_PIN, IA32_VMX_PINBASED_CTLS) ||
	    !learn_control(cpu, facts, FACT_PRIMARY, IA32_VMX_PROCBASED_CTLS))
		return false;
	if (!(facts->word[FACT_PRIMARY] & PRIMARY_SECONDARY))
		return true;
	if (!learn_control(cpu, facts, FACT_SECONDARY, IA32_VMX_PROCBASED_CTLS2))
		return false;
	if (facts->word[FACT_SECONDARY] & SECONDARY_EPT) {
		if (!machine.msr(cpu, IA32_VMX_EPT_VPID_CAP, &value))
			return false;
		learn(facts, FACT_EPT, value);
	}
	return true;
}

u32 machine_facts(struct facts *facts, u32 max, bool *sure)
{
	long online = sysconf(_SC_NPROCESSORS_ONLN);
	u32 count = online < 1 ? 1 : (u32)MIN((u64)online, (u64)max);

	memset(facts, 0, count * sizeof(*facts));
	*sure = true;
	for (u32 cpu = 0; cpu < count; cpu++)
		*sure &= look_at(cpu, &facts[cpu]);
	return count;
}
