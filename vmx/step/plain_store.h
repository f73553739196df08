// SPDX-License-Identifier: MIT
// Plain stores that met a rule and that no rule denies, carried out for the guest: one exit, and
// nothing to copy, where a step takes two exits and two copies of the page.
#ifndef VMX_STEP_PLAIN_STORE_H
#define VMX_STEP_PLAIN_STORE_H

#include "hv/core/cpu.h"
#include "hv/core/guest_walk.h"

// The write to gpa, at linear address gva, that just exited. True when it has been dealt with:
// done, refused with a fault, or to be tried again. False when it must be stepped: it is not one of
// those that vmx/step/decode.h knows, or something else than memory takes part. No lock held.
bool store_plain(struct cpu *c, u64 gpa, u64 gva);

// Copies the code at linear address rip, as far as its page reaches, INSTRUCTION_MAX bytes at most.
// Returns how many; 0 when the address leads to no RAM. Uses WINDOW_WALK and WINDOW_SPARE.
u32 fetch_code(struct cpu *c, const struct paging *paging, u64 rip, u8 *code);

#endif
