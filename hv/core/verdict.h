// SPDX-License-Identifier: MIT
// What the strictest verdicts come to on a CPU: a write that a rule answers with "freeze" stops the
// VM, and the operator lets it through once.
#ifndef HV_CORE_VERDICT_H
#define HV_CORE_VERDICT_H

#include "hv/core/vm.h"

// The action that can be carried out where a rule says `action` (TESSERA_ACTION_DENY or _FREEZE):
// without an operator nobody could resume the guest, so the write is denied instead.
u8 verdict_possible(u8 action);

// Stops the VM because the instruction at `rip`, which is still to be carried out, wants to write
// under a rule that freezes. After the operator resumes the guest, verdict_has_pass is true for
// that instruction until the pass is dropped: such rules only audit its write. CPU `c` itself, root
// mode, no lock held.
void verdict_stop(struct cpu *c, u64 rip);
bool verdict_has_pass(const struct cpu *c, u64 rip);
void verdict_drop_pass(struct cpu *c);

#endif
