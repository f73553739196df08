// SPDX-License-Identifier: MIT
// The checks of VM entry, one rule a line of the manual (Intel SDM, Volume 3C, "VM Entries"). Pure.
// Not covered: FRED, which Tessera hides from its guest, and what VM entry checks before it looks
// at the VMCS (no current VMCS, launch state, blocking by MOV SS in root mode).
#ifndef VMX_CHECK_ENTRY_RULES_H
#define VMX_CHECK_ENTRY_RULES_H

#include "vmx/check/entry_state.h"

struct entry_rule {
	const char *name;
	const char *text; // what has to hold
	bool (*holds)(const struct entry_state *s);
	const u16 *field; // encodings: all fields that the answer depends on
	u32 fields;
};

extern const struct entry_rule entry_rules[];
extern const u32 entry_rule_count;

// The first rule, from number `from` on, that this state breaks; entry_rule_count if it breaks no
// rule.
u32 entry_refused(const struct entry_state *s, u32 from);

#endif
