// SPDX-License-Identifier: MIT
// Resolves a conflict of a step's stores with those of another CPU: the instruction runs again, or
// its bytes are stored next to the other CPU's.
#ifndef VMX_STEP_CONFLICT_H
#define VMX_STEP_CONFLICT_H

#include "hv/core/cpu.h"

// About the step under way, at its end. Any lock may be held; uses WINDOW_SPARE and
// WINDOW_WALK.
bool step_may_restart(struct cpu *c);

// Called when another CPU has changed `word` since it was copied, with the policy's lock
// held. False when the instruction shall run again. Otherwise the kept bytes of `after` are stored,
// or left out if the instruction stopped in the middle (step.part).
bool step_meet_others(struct cpu *c, u64 *word, u64 after, u64 keep);

#endif
