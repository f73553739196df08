// SPDX-License-Identifier: MIT
#include "tests/host/unit/fake/memory_vmcs.h"

#include "hv/core/guest_walk.h"
#include "hv/core/panic.h"
#include "tests/host/unit/support.h"
#include "vmx/check/entry_rules.h"
#include "vmx/vmcs/vmcs.h"

struct entry_state vmcs;
struct last_exit last_exit;
static struct entry_cpu features;

static u64 *place_of(u64 field)
{
	u32 place = 0;

	while (entry_field_encoding(place) != field)
		place++;
	return &vmcs.value[place];
}

u64 vmread(u64 field)
{
	switch (field) {
	case EXIT_REASON:
		return last_exit.reason;
	case IDT_VECTORING_INFO:
		return last_exit.vectoring;
	case IDT_VECTORING_ERROR:
	case EXIT_QUALIFICATION:
		return 0;
	default:
		return *place_of(field);
	}
}

void vmwrite(u64 field, u64 value)
{
	*place_of(field) = value;
}

void vmcs_fill(enum good_state which)
{
	good_state(which, &vmcs, &features);
}

void vmcs_expect_entry(const char *when)
{
	u32 refused = entry_refused(&vmcs, 0);

	if (refused < entry_rule_count)
		fail_msg("%s: VM entry would be refused: %s", when, entry_rules[refused].name);
}

bool linear_is_canonical(u64 linear, u64 cr4)
{
	(void)linear;
	(void)cr4;
	return true;
}

void machine_triple_fault(struct cpu *c)
{
	(void)c;
	fail_msg("triple fault");
	abort();
}
