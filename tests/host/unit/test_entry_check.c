// SPDX-License-Identifier: MIT
// Sources: vmx/check/entry_rules.c vmx/check/entry_state.c
// The checker of VM entries: good states pass, each rule refuses its own bad states and no rule
// refuses another's, and a rule looks at no field that it does not name.
#include "vmx/check/entry_rules.h"

#include "hv/x86/control_regs.h"
#include "tests/host/unit/entry_good.h"
#include "tests/host/unit/support.h"
#include "vmx/vmcs/controls.h"

#define V(name)    (s->value[AT_##name])
#define MEMORY     good_memory_set
#define ALSO(rule) (also = #rule)
#define TPR_SHADOW (V(PRIMARY_CONTROLS) |= PRIMARY_TPR_SHADOW, V(VIRTUAL_APIC_ADDRESS) = 0x9000)

static const char *also; // a second rule that must refuse the state too

// One function a line of the table, by the line's number.
#define PASTE(a, b)  a##b
#define BAD_AT(line) PASTE(bad_, line)
#define BAD(rule, from, ...)                                                         \
	static void BAD_AT(__LINE__)(struct entry_state * s, struct entry_cpu * cpu) \
	{                                                                            \
		(void)s;                                                             \
		(void)cpu;                                                           \
		__VA_ARGS__;                                                         \
	}
#include "tests/host/unit/entry_bad.inc"
#undef BAD

struct bad {
	const char *rule;
	enum good_state from;
	void (*spoil)(struct entry_state *s, struct entry_cpu *cpu);
	u32 line;
};

#define BAD(rule, from, ...) { #rule, GOOD_##from, BAD_AT(__LINE__), __LINE__ },
static const struct bad bads[] = {
#include "tests/host/unit/entry_bad.inc"
};

static void good_states_pass(void **state)
{
	struct entry_state s;
	struct entry_cpu cpu;

	(void)state;
	for (u32 i = 0; i < GOOD_STATE_COUNT; i++) {
		good_state(i, &s, &cpu);
		u32 refused = entry_refused(&s, 0);

		if (refused != entry_rule_count)
			fail_msg("%s: refused by %s", good_name(i), entry_rules[refused].name);
	}
}

static void bad_states_are_refused_by_their_rule_alone(void **state)
{
	struct entry_state s;
	struct entry_cpu cpu;
	u32 wrong = 0;

	(void)state;
	for (const struct bad *b = bads; b < bads + ARRAY_SIZE(bads); b++) {
		bool found = false;

		also = "";
		good_state(b->from, &s, &cpu);
		b->spoil(&s, &cpu);
		for (u32 i = entry_refused(&s, 0); i < entry_rule_count;
		     i = entry_refused(&s, i + 1)) {
			found |= !strcmp(entry_rules[i].name, b->rule);
			if (strcmp(entry_rules[i].name, b->rule) &&
			    strcmp(entry_rules[i].name, also)) {
				print_error("entry_bad.inc:%u: %s: refused by %s\n", b->line,
					    b->rule, entry_rules[i].name);
				wrong++;
			}
		}
		if (!found) {
			print_error("entry_bad.inc:%u: %s: passes\n", b->line, b->rule);
			wrong++;
		}
	}
	assert_int_equal(wrong, 0);
}

static void each_rule_has_a_bad_state(void **state)
{
	u32 bare = 0;

	(void)state;
	for (u32 i = 0; i < entry_rule_count; i++) {
		u32 k = 0;

		while (k < ARRAY_SIZE(bads) && strcmp(bads[k].rule, entry_rules[i].name))
			k++;
		if (k == ARRAY_SIZE(bads)) {
			print_error("%s: no line in entry_bad.inc\n", entry_rules[i].name);
			bare++;
		}
	}
	assert_int_equal(bare, 0);
	print_message("%u rules, %zu bad states, %u good ones\n", entry_rule_count,
		      ARRAY_SIZE(bads), GOOD_STATE_COUNT);
}

static bool names(const struct entry_rule *rule, u32 place)
{
	for (u32 i = 0; i < rule->fields; i++)
		if (rule->field[i] == entry_field_encoding(place))
			return true;
	return false;
}

// A refusal prints the rule's fields: they must tell the whole story.
static void rules_look_at_their_fields_alone(void **state)
{
	struct entry_state s, other;
	struct entry_cpu cpu;

	(void)state;
	for (const struct bad *b = bads; b < bads + ARRAY_SIZE(bads); b++) {
		good_state(b->from, &s, &cpu);
		b->spoil(&s, &cpu);
		for (u32 i = 0; i < entry_rule_count; i++) {
			const struct entry_rule *rule = &entry_rules[i];

			other = s;
			for (u32 k = 0; k < ENTRY_FIELD_COUNT; k++)
				if (!names(rule, k))
					other.value[k] = ~s.value[k];
			if (rule->holds(&s) != rule->holds(&other))
				fail_msg("%s looks at a field that it does not name", rule->name);
		}
	}
}

static bool no_vmcs(u64 encoding, u64 *value)
{
	*value = encoding;
	return encoding != HOST_RIP;
}

static void fields_are_read_by_encoding(void **state)
{
	struct entry_state s;

	(void)state;
	entry_state_read(&s, no_vmcs);
	for (u32 i = 0; i < ENTRY_FIELD_COUNT; i++) {
		u32 encoding = entry_field_encoding(i);

		assert_int_equal(s.value[i], encoding == HOST_RIP ? 0 : encoding);
	}
	assert_string_equal(entry_field_name(AT_GUEST_CR0), "GUEST_CR0");
}

// A CPU may lack what lies behind a pointer, or the reader the right to look there.
static void without_memory_nothing_is_refused_for_its_contents(void **state)
{
	struct entry_state s;
	struct entry_cpu cpu;

	(void)state;
	good_state(GOOD_EVERYTHING, &s, &cpu);
	s.memory = NULL;
	assert_int_equal(entry_refused(&s, 0), entry_rule_count);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_states_pass),
		cmocka_unit_test(bad_states_are_refused_by_their_rule_alone),
		cmocka_unit_test(each_rule_has_a_bad_state),
		cmocka_unit_test(rules_look_at_their_fields_alone),
		cmocka_unit_test(fields_are_read_by_encoding),
		cmocka_unit_test(without_memory_nothing_is_refused_for_its_contents),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
