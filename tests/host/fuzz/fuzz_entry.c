// SPDX-License-Identifier: MIT
// Sources: vmx/check/entry_rules.c vmx/check/entry_state.c tests/host/unit/entry_good.c
// Options: -max_len=300
// Any VMCS on any CPU: the checker of VM entries ends, overflows nothing, gives the same answer
// twice, and each rule's answer depends on no field that it does not name.
#include <stdlib.h>
#include <string.h>

#include "tests/host/unit/entry_good.h"
#include "vmx/check/entry_rules.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

static void demand(bool condition)
{
	if (!condition)
		abort();
}

struct input {
	const u8 *data;
	size_t left;
};

static u64 take(struct input *in, size_t bytes)
{
	u64 value = 0;

	bytes = MIN(bytes, in->left);
	memcpy(&value, in->data, bytes);
	in->data += bytes;
	in->left -= bytes;
	return value;
}

// Ways to change a word: a bit, a byte, the whole of it, all its bits.
static u64 change(u64 old, struct input *in)
{
	u64 how = take(in, 1);

	switch (how >> 6) {
	case 0:
		return old ^ BIT(how & 63);
	case 1:
		return (old & ~0xffULL) | take(in, 1);
	case 2:
		return take(in, 8);
	default:
		return how & 1 ? ~old : how & 2 ? ~0ULL : 0;
	}
}

// The flags and widths of the CPU keep to values that exist.
static void change_cpu(struct entry_cpu *cpu, struct input *in)
{
	u64 *word[] = {
		&cpu->basic,      &cpu->misc,           &cpu->ept_vpid,     &cpu->pin,
		&cpu->primary,    &cpu->secondary,      &cpu->exit,         &cpu->entry,
		&cpu->tertiary,   &cpu->exit_secondary, &cpu->vm_functions, &cpu->cr0_fixed0,
		&cpu->cr0_fixed1, &cpu->cr4_fixed0,     &cpu->cr4_fixed1,   &cpu->efer,
		&cpu->debugctl,   &cpu->perf_global,    &cpu->rtit,         &cpu->lbr,
		&cpu->vmcs_pa
	};
	bool *flag[] = { &cpu->lam,   &cpu->sgx, &cpu->rtm,    &cpu->bus_lock,
			 &cpu->ia32e, &cpu->smm, &cpu->tracing };
	u64 which = take(in, 1);

	if (which < ARRAY_SIZE(word))
		*word[which] = change(*word[which], in);
	else if (which < 0x80)
		cpu->address_bits = 32 + which % 21;
	else if (which < 0xc0)
		cpu->linear_bits = which & 1 ? 57 : 48;
	else
		*flag[which % ARRAY_SIZE(flag)] ^= true;
}

static bool names(const struct entry_rule *rule, u32 place)
{
	for (u32 i = 0; i < rule->fields; i++)
		if (rule->field[i] == entry_field_encoding(place))
			return true;
	return false;
}

static void ask_with_noise(const struct entry_rule *rule, const struct entry_state *s, u64 noise)
{
	struct entry_state other = *s;

	for (u32 k = 0; k < ENTRY_FIELD_COUNT; k++)
		if (!names(rule, k))
			other.value[k] = noise *= 0x5851f42d4c957f2d;
	demand(rule->holds(&other) == rule->holds(s));
}

// Noise for every rule would take most of the time: the first that refuses, and one by chance.
static void judge(const struct entry_state *s, u64 noise)
{
	u32 refused = 0, first = entry_refused(s, 0);

	for (u32 i = 0; i < entry_rule_count; i++) {
		bool holds = entry_rules[i].holds(s);

		refused += !holds;
		demand(holds || i >= first);
		demand(holds || entry_refused(s, i) == i);
	}
	demand((first == entry_rule_count) == (refused == 0));
	if (refused)
		ask_with_noise(&entry_rules[first], s, noise);
	ask_with_noise(&entry_rules[(noise >> 8) % entry_rule_count], s, noise);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct input in = { data, size };
	struct entry_state s;
	struct entry_cpu cpu;

	good_state(take(&in, 1) % GOOD_STATE_COUNT, &s, &cpu);
	for (u32 i = 0; i < 16 && in.left; i++) {
		u64 place = take(&in, 1);

		if (place < ENTRY_FIELD_COUNT)
			s.value[place] = change(s.value[place], &in);
		else if (place % 4)
			change_cpu(&cpu, &in);
		else
			good_memory_set(take(&in, 5) & ~3ULL, (u32)take(&in, 4));
	}
	judge(&s, 1 | take(&in, 8));
	return 0;
}
