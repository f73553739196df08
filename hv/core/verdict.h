// SPDX-License-Identifier: MIT
// Carries out a verdict: records the write as an event and, for a rule that freezes, freezes the VM
// until the operator lets the write through once.
#ifndef HV_CORE_VERDICT_H
#define HV_CORE_VERDICT_H

#include "hv/core/vm.h"

// Records an event about a write of CPU `c` and counts it with its rule. The addresses and the two
// words are those of struct tessera_event; `size` is the number of changed bytes, 0 = unknown. CPU
// `c` itself in root mode, any locks held.
void write_event(struct cpu *c, u8 action, u32 rule, u64 gpa, u64 gva, u64 rip, u8 size, u64 before,
		 u64 after);

// The action to take for `action` (TESSERA_ACTION_DENY or _FREEZE): without an operator, who alone
// could resume the guest, FREEZE becomes DENY.
u8 verdict_possible(u8 action);

// Freezes the VM because the instruction at `rip`, which has not run yet, would write where a rule
// freezes. After the operator resumes the guest, verdict_has_pass is true for
// that instruction until the pass is dropped: such rules only audit its write. CPU `c` itself, root
// mode, no lock held.
void verdict_stop(struct cpu *c, u64 rip);
bool verdict_has_pass(const struct cpu *c, u64 rip);
void verdict_drop_pass(struct cpu *c);

#endif
