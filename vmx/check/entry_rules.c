// SPDX-License-Identifier: MIT
// A line of the four tables (vmx/check/rules_*.inc) reads
//	RULE(name, (fields), "what has to hold", condition)
// and becomes a function and an entry of entry_rules. The condition sees the state as `s` and uses
// the words below; what it reads must be among the fields, which the host tests check.
#include "vmx/check/entry_rules.h"

#include "hv/x86/control_regs.h"
#include "hv/x86/msr.h"
#include "vmx/vmcs/controls.h"

#define V(name)       (s->value[AT_##name])
#define IMPLIES(a, b) (!(a) || (b))

// Controls; those of a word that is not activated count as 0.
#define PIN(name)       (V(PIN_CONTROLS) & PIN_##name)
#define PRIMARY(name)   (V(PRIMARY_CONTROLS) & PRIMARY_##name)
#define SECONDARY(name) (PRIMARY(SECONDARY) && (V(SECONDARY_CONTROLS) & SECONDARY_##name))
#define TERTIARY(name)  (PRIMARY(TERTIARY) && (V(TERTIARY_CONTROLS) & TERTIARY_##name))
#define EXIT(name)      (V(EXIT_CONTROLS) & EXIT_##name)
#define ENTRY(name)     (V(ENTRY_CONTROLS) & ENTRY_##name)
#define EPT_CAP(name)   (s->cpu->ept_vpid & EPT_CAP_##name)
#define EPTP_SWITCHING  (SECONDARY(VM_FUNCTIONS) && (V(VM_FUNCTION_CONTROLS) & BIT(0)))

// The event to inject.
#define INFO     (V(ENTRY_INTERRUPTION_INFO))
#define EVENT    (INFO & EVENT_VALID)
#define EVENT_IS (INFO & EVENT_TYPE)
#define VECTOR   (INFO & EVENT_VECTOR)

// The guest's mode.
#define IA32E        (ENTRY(GUEST_64))
#define UNRESTRICTED (SECONDARY(UNRESTRICTED))
#define V8086        (V(GUEST_RFLAGS) & RFLAGS_VM)
#define GUEST_64_BIT (IA32E && (RIGHTS(SEG_CS) & RIGHTS_LONG_MODE))
#define PAE_PAGING   (V(GUEST_CR0) & CR0_PG && V(GUEST_CR4) & CR4_PAE && !IA32E)
#define STEPPING     (V(GUEST_RFLAGS) & RFLAGS_TF && !(V(GUEST_DEBUGCTL) & DEBUGCTL_BTF))
#define BLOCKED(by)  (V(GUEST_INTERRUPTIBILITY) & BLOCKING_BY_##by)
#define HELD_BACK    (BLOCKED(STI) || BLOCKED(MOV_SS) || V(GUEST_ACTIVITY) == ACTIVITY_HLT)
#define LINKED       (V(VMCS_LINK_POINTER) != ~0ULL)

// Segment n of enum segment.
#define SELECTOR(n) (s->value[AT_GUEST_ES + (n)])
#define BASE(n)     (s->value[AT_GUEST_ES_BASE + (n)])
#define LIMIT(n)    (s->value[AT_GUEST_ES_LIMIT + (n)])
#define RIGHTS(n)   (s->value[AT_GUEST_ES_RIGHTS + (n)])
#define TYPE(n)     (RIGHTS(n) & 15)
#define DPL(n)      (RIGHTS(n) >> 5 & 3)
#define USABLE(n)   (!(RIGHTS(n) & RIGHTS_UNUSABLE))
#define IN_USE(n)   ((n) == SEG_CS || USABLE(n))

// The condition with each `n` of a set of segments.
#define DATA_ONLY     (BIT(SEG_DS) | BIT(SEG_ES) | BIT(SEG_FS) | BIT(SEG_GS))
#define CODE_AND_DATA (DATA_ONLY | BIT(SEG_CS) | BIT(SEG_SS))
#define EACH(set, condition)                                \
	({                                                  \
		bool all = true;                            \
		for (u32 n = 0; n < SEG_COUNT; n++)         \
			if (((set)&BIT(n)) && !(condition)) \
				all = false;                \
		all;                                        \
	})

// One field of each segment in a set, for a rule's list of fields.
#define SIX(what)     SIX_##what
#define DATA(what)    DATA_##what
#define DATA_SELECTOR GUEST_ES, GUEST_DS, GUEST_FS, GUEST_GS
#define DATA_RIGHTS   GUEST_ES_RIGHTS, GUEST_DS_RIGHTS, GUEST_FS_RIGHTS, GUEST_GS_RIGHTS
#define SIX_SELECTOR  DATA_SELECTOR, GUEST_CS, GUEST_SS
#define SIX_RIGHTS    DATA_RIGHTS, GUEST_CS_RIGHTS, GUEST_SS_RIGHTS
#define SIX_BASE \
	GUEST_ES_BASE, GUEST_CS_BASE, GUEST_SS_BASE, GUEST_DS_BASE, GUEST_FS_BASE, GUEST_GS_BASE
#define SIX_LIMIT                                                                       \
	GUEST_ES_LIMIT, GUEST_CS_LIMIT, GUEST_SS_LIMIT, GUEST_DS_LIMIT, GUEST_FS_LIMIT, \
		GUEST_GS_LIMIT

// Low half of the capability: must be 1. High half: may be 1.
static bool within(u64 controls, u64 capability)
{
	return !(~controls & (u32)capability) && !(controls & ~(capability >> 32));
}

static bool fixed(u64 value, u64 must, u64 may)
{
	return !(~value & must) && !(value & ~may);
}

static bool beyond(const struct entry_state *s, u64 pa)
{
	return pa >> (s->cpu->basic & BASIC_32_BIT_ADDRESSES ? 32 : s->cpu->address_bits);
}

static bool aligned(const struct entry_state *s, u64 pa, u64 unit)
{
	return !(pa % unit) && !beyond(s, pa);
}

static bool page(const struct entry_state *s, u64 pa)
{
	return aligned(s, pa, PAGE_SIZE);
}

static bool area(const struct entry_state *s, u64 pa, u64 unit, u64 length)
{
	return aligned(s, pa, unit) && !beyond(s, pa + length - 1);
}

// All bits from bits - 1 up are the same.
static bool canonical(u64 value, u32 bits)
{
	u64 high = value >> (bits - 1);

	return high == 0 || high == ~0ULL >> (bits - 1);
}

// MSRs, segment bases and descriptor tables take whatever is canonical in the widest paging mode.
static bool address(const struct entry_state *s, u64 value)
{
	return canonical(value, s->cpu->linear_bits);
}

static bool host_address(const struct entry_state *s, u64 value)
{
	return EXIT(HOST_64) ? address(s, value) : !(value >> 32);
}

// Bits of CR3 >> address_bits that linear-address masking makes valid.
static u64 lam_bits(const struct entry_state *s)
{
	return s->cpu->lam ? (BIT(62) | BIT(61)) >> s->cpu->address_bits : 0;
}

static bool read_memory(const struct entry_state *s, u64 pa, u32 *value)
{
	return s->memory && !beyond(s, pa) && s->memory(pa, value);
}

#define APIC_TPR 0x80

static u64 virtual_tpr(const struct entry_state *s)
{
	u32 tpr;

	return read_memory(s, V(VIRTUAL_APIC_ADDRESS) + APIC_TPR, &tpr) ? tpr >> 4 & 15 : 15;
}

static bool eptp_type(const struct entry_state *s)
{
	switch (V(EPT_POINTER) & 7) {
	case 0:
		return EPT_CAP(UC);
	case 6:
		return EPT_CAP(WB);
	default:
		return false;
	}
}

static bool eptp_levels(const struct entry_state *s)
{
	switch ((V(EPT_POINTER) >> 3 & 7) + 1) {
	case 4:
		return EPT_CAP(4_LEVEL);
	case 5:
		return EPT_CAP(5_LEVEL);
	default:
		return false;
	}
}

static bool pushes_error_code(u64 vector)
{
	return BIT(vector & 31) & (BIT(8) | 0x1fULL << 10 | BIT(17));
}

static bool software_event(u64 type)
{
	return type == EVENT_SOFTWARE_INT || type == EVENT_PRIVILEGED_TRAP ||
	       type == EVENT_SOFTWARE_TRAP;
}

// Types 2 and 3 and those above 7 are reserved.
static bool pat_valid(u64 pat)
{
	for (; pat; pat >>= 8)
		if ((pat & 0xff) > 7 || (pat & 0xfe) == 2)
			return false;
	return true;
}

static bool cet_valid(u64 cet)
{
	return !(cet & 0x3c0) && (cet & 0xc00) != 0xc00;
}

static bool granularity(u64 limit, u64 rights)
{
	return rights & RIGHTS_PAGES ? (limit & 0xfff) == 0xfff : !(limit >> 20);
}

static bool activity_supported(const struct entry_state *s)
{
	static const u64 needs[] = { 0, MISC_HLT, MISC_SHUTDOWN, MISC_WAIT_FOR_SIPI };
	u64 activity = V(GUEST_ACTIVITY);

	return activity < ARRAY_SIZE(needs) && (s->cpu->misc & needs[activity]) == needs[activity];
}

static bool activity_takes(u64 activity, u64 type, u64 vector)
{
	bool machine_check = type == EVENT_HARDWARE && vector == VECTOR_MC;

	switch (activity) {
	case ACTIVITY_HLT:
		return type == EVENT_EXTERNAL || type == EVENT_NMI || machine_check ||
		       (type == EVENT_HARDWARE && vector == VECTOR_DB) ||
		       (type == EVENT_OTHER && vector == 0);
	case ACTIVITY_SHUTDOWN:
		return type == EVENT_NMI || machine_check;
	case ACTIVITY_WAIT_FOR_SIPI:
		return false;
	default:
		return true;
	}
}

static bool linked_word(const struct entry_state *s, u32 *word)
{
	return read_memory(s, V(VMCS_LINK_POINTER), word);
}

#define PDPTE_RESERVED (0x1e0 | 6)

static bool pdpte_valid(const struct entry_state *s, u64 entry)
{
	return !(entry & 1) || (!(entry & PDPTE_RESERVED) && !(entry >> s->cpu->address_bits));
}

static bool pdptes_in_memory(const struct entry_state *s)
{
	u64 table = V(GUEST_CR3) & 0xffffffe0;
	u32 low, high;

	for (u64 pa = table; pa < table + 32; pa += 8)
		if (read_memory(s, pa, &low) && read_memory(s, pa + 4, &high) &&
		    !pdpte_valid(s, (u64)high << 32 | low))
			return false;
	return true;
}

#define MSR_AREA_MAX 512 // what every CPU takes; IA32_VMX_MISC may name more
#define MSRS_X2APIC  8   // in bits 31:8

static bool msr_load_entry(u32 msr, u32 reserved)
{
	return !reserved && msr != IA32_FS_BASE && msr != IA32_GS_BASE && msr >> 8 != MSRS_X2APIC &&
	       msr != IA32_SMM_MONITOR_CTL;
}

static bool msr_load_entries(const struct entry_state *s)
{
	u64 count = MIN(V(ENTRY_MSR_LOAD_COUNT), MSR_AREA_MAX), pa = V(ENTRY_MSR_LOAD_ADDRESS);
	u32 msr, reserved;

	for (u64 i = 0; i < count; i++, pa += 16)
		if (read_memory(s, pa, &msr) && read_memory(s, pa + 4, &reserved) &&
		    !msr_load_entry(msr, reserved))
			return false;
	return true;
}

#define RULE(name, list, text, condition)                     \
	static bool holds_##name(const struct entry_state *s) \
	{                                                     \
		u32 word = 0;                                 \
                                                              \
		(void)s;                                      \
		(void)word;                                   \
		return condition;                             \
	}
#include "vmx/check/rules_controls.inc"
#include "vmx/check/rules_host.inc"
#include "vmx/check/rules_guest.inc"
#include "vmx/check/rules_segments.inc"
#undef RULE

#define FIELDS(...)         \
	{                   \
		__VA_ARGS__ \
	}
#define RULE(name, list, text, condition) static const u16 fields_##name[] = FIELDS list;
#include "vmx/check/rules_controls.inc"
#include "vmx/check/rules_host.inc"
#include "vmx/check/rules_guest.inc"
#include "vmx/check/rules_segments.inc"
#undef RULE

#define RULE(name, list, text, condition) \
	{ #name, text, holds_##name, fields_##name, ARRAY_SIZE(fields_##name) },
const struct entry_rule entry_rules[] = {
#include "vmx/check/rules_controls.inc"
#include "vmx/check/rules_host.inc"
#include "vmx/check/rules_guest.inc"
#include "vmx/check/rules_segments.inc"
};

const u32 entry_rule_count = ARRAY_SIZE(entry_rules);

u32 entry_refused(const struct entry_state *s, u32 from)
{
	while (from < entry_rule_count && entry_rules[from].holds(s))
		from++;
	return from;
}
