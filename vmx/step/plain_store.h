// SPDX-License-Identifier: MIT
// Emulates plain stores that a rule covers but does not deny. This takes one exit and no copy; a
// step takes two exits and two copies of the page.
#ifndef VMX_STEP_PLAIN_STORE_H
#define VMX_STEP_PLAIN_STORE_H

#include "hv/core/cpu.h"
#include "hv/core/guest_walk.h"

// The write to gpa, at linear address gva, that just exited. True if it was handled:
// done, refused with a fault, or to be retried. False if it must be stepped: vmx/step/decode.h does
// not know it, or it has other effects than a store to memory. No lock held.
bool store_plain(struct cpu *c, u64 gpa, u64 gva);

// Copies the code at linear address rip, as far as its page reaches, INSTRUCTION_MAX bytes at most.
// Returns how many; 0 if the address is not RAM. Uses WINDOW_WALK and WINDOW_SPARE.
u32 fetch_code(struct cpu *c, const struct paging *paging, u64 rip, u8 *code);

#endif
