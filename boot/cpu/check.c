// SPDX-License-Identifier: MIT
#include "boot/cpu/check.h"
#include "hv/lib/format.h"

#define REQUIREMENT_ROW(id, word_id, bits_set, needed_by, name_text, remedy_text) \
	[REQUIREMENT_##id] = { .name = name_text,                                 \
			       .remedy = remedy_text,                             \
			       .word = VMX_WORD_##word_id,                        \
			       .bits = (u32)(bits_set),                           \
			       .needed = needed_by },

const struct requirement requirements[REQUIREMENT_COUNT] = { VMX_REQUIREMENTS(REQUIREMENT_ROW) };

static void learn_word(struct facts *facts, enum vmx_word word, u64 value)
{
	facts->word[word] = (u32)value;
	facts->known |= BIT(word);
}

// The control words are the upper halves of these MSRs.
static const struct {
	enum vmx_word word;
	u32 msr;
} controls[] = {
	{ VMX_WORD_PIN, IA32_VMX_PINBASED_CTLS },
	{ VMX_WORD_EXIT, IA32_VMX_EXIT_CTLS },
	{ VMX_WORD_ENTRY, IA32_VMX_ENTRY_CTLS },
	{ VMX_WORD_PRIMARY, IA32_VMX_PROCBASED_CTLS },
};

// IA32_VMX_EPT_VPID_CAP exists where EPT or VPID does, IA32_VMX_PROCBASED_CTLS2 where the secondary
// controls do. Manual: "VMX Capability Reporting Facility".
static bool collect_secondary(struct facts *facts, u32 cpu, const struct cpu_reader *reader)
{
	u64 value;

	if (!(facts->word[VMX_WORD_PRIMARY] & PRIMARY_SECONDARY))
		return true;
	if (!reader->msr(cpu, IA32_VMX_PROCBASED_CTLS2, &value))
		return false;
	learn_word(facts, VMX_WORD_SECONDARY, value >> 32);
	if (!(facts->word[VMX_WORD_SECONDARY] & SECONDARY_EPT))
		return true;
	if (!reader->msr(cpu, IA32_VMX_EPT_VPID_CAP, &value))
		return false;
	learn_word(facts, VMX_WORD_EPT, value);
	learn_word(facts, VMX_WORD_VPID, value >> 32);
	return true;
}

bool check_collect(struct facts *facts, u32 cpu, const struct cpu_reader *reader)
{
	u64 value;

	facts->known = 0;
	learn_word(facts, VMX_WORD_FEATURES, reader->cpuid(CPUID_FEATURES).ecx);
	learn_word(facts, VMX_WORD_EXTENDED,
		   reader->cpuid(CPUID_EXTENDED).eax < CPUID_EXTENDED_FEATURES
			   ? 0
			   : reader->cpuid(CPUID_EXTENDED_FEATURES).edx);
	if (!(facts->word[VMX_WORD_FEATURES] & CPUID_1_ECX_VMX))
		return true;
	// Firmware may have disabled NX although the CPU has it: the loader enables it again.
	if (!(facts->word[VMX_WORD_EXTENDED] & CPUID_EXT_EDX_NX) &&
	    reader->msr(cpu, IA32_MISC_ENABLE, &value) && value & MISC_ENABLE_NX_OFF)
		facts->word[VMX_WORD_EXTENDED] |= CPUID_EXT_EDX_NX;
	if (!reader->msr(cpu, IA32_FEATURE_CONTROL, &value))
		return false;
	learn_word(facts, VMX_WORD_LOCK,
		   value & FEATURE_CONTROL_LOCKED ? value : FEATURE_CONTROL_VMX);
	for (u32 i = 0; i < ARRAY_SIZE(controls); i++) {
		if (!reader->msr(cpu, controls[i].msr, &value))
			return false;
		learn_word(facts, controls[i].word, value >> 32);
	}
	return collect_secondary(facts, cpu, reader);
}

static bool in_set(const struct cpu_set *set, u32 cpu)
{
	return set->bits[cpu / 64] & BIT(cpu % 64);
}

struct cpu_set check_lacking(const struct requirement *r, const struct facts *facts, u32 cpus)
{
	struct cpu_set set = { 0 };

	for (u32 cpu = 0; cpu < cpus; cpu++) {
		bool known = facts[cpu].known & BIT(r->word);

		if (known && (facts[cpu].word[r->word] & r->bits) != r->bits) {
			set.bits[cpu / 64] |= BIT(cpu % 64);
			set.count++;
		}
	}
	return set;
}

bool check_known(const struct requirement *r, const struct facts *facts, u32 cpus)
{
	for (u32 cpu = 0; cpu < cpus; cpu++)
		if (facts[cpu].known & BIT(r->word))
			return true;
	return false;
}

// The last CPU of the run of CPUs in the set that starts at `first`.
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
		format(to, size, cpus == 1 ? "the CPU" : "every CPU");
		return;
	}
	length = format(to, size, set->count == 1 ? "CPU " : "CPUs ");
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

static const struct {
	s32 error;
	const char *text;
} texts[] = {
#define BOOT_ERROR_TEXT(name, number, text) { BOOT_##name, text },
	BOOT_ERRORS(BOOT_ERROR_TEXT)
};

void check_explain(s32 error, char *to, u32 size)
{
	const char *text = "the hypervisor returned an error that this loader does not know";

	for (u32 id = 0; id < REQUIREMENT_COUNT; id++) {
		if (error == BOOT_LACKS(id)) {
			format(to, size, "missing: %s: %s", requirements[id].name,
			       requirements[id].remedy);
			return;
		}
	}
	for (u32 i = 0; i < ARRAY_SIZE(texts); i++)
		if (texts[i].error == error)
			text = texts[i].text;
	format(to, size, "%s", text);
}
