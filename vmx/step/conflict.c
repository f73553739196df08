// SPDX-License-Identifier: MIT
#include "vmx/step/conflict.h"

#include "vmx/step/decode.h"
#include "vmx/step/plain_store.h"
#include "vmx/step/step.h"
#include "vmx/vmcs/guest.h"

// An access to a device must not happen twice.
static bool met_a_device(const struct step *s)
{
	for (u32 i = 0; i < s->pages; i++)
		if (s->page[i].kind == STEP_APIC || s->page[i].kind == STEP_DEVICE)
			return true;
	return false;
}

// Another CPU may have changed the code since it ran; then either answer is acceptable, since both
// obey the rules. A delivered event would have to be raised again; its stores are plain.
bool step_may_restart(struct cpu *c)
{
	const struct step *s = c->step;
	u64 rip = s->rip + vmread(GUEST_BASE(SEG_CS));
	struct paging paging = guest_paging();
	u8 code[INSTRUCTION_MAX];
	enum restart restart;

	if (s->event || met_a_device(s))
		return false;
	restart = decode_restart(code, fetch_code(c, &paging, rip, code));
	return restart == RESTART_ALWAYS ||
	       (restart == RESTART_MAY && s->repeats < STEP_REPEATS_MAX);
}

#define MERGE_TRIES 8

// Stores the kept bytes and preserves the bytes beside them, by one compare-exchange if possible.
// CPUs that write those bytes without a pause could keep this CPU here with the policy lock, so
// after some tries the bytes are stored one by one, which always succeeds.
static void merge_bytes(u64 *word, u64 value, u64 keep)
{
	u64 now = __atomic_load_n(word, __ATOMIC_RELAXED);

	for (u32 i = 0; i < MERGE_TRIES; i++)
		if (__atomic_compare_exchange_n(word, &now, (now & ~keep) | (value & keep), false,
						__ATOMIC_RELAXED, __ATOMIC_RELAXED))
			return;
	for (u32 i = 0; i < sizeof(*word); i++)
		if (keep >> 8 * i & 1)
			((volatile u8 *)word)[i] = (u8)(value >> 8 * i);
}

__attribute__((noinline)) bool step_meet_others(struct cpu *c, u64 *word, u64 after, u64 keep)
{
	if (c->step->part)
		return true;
	if (!c->step->wrote && step_may_restart(c))
		return false;
	merge_bytes(word, after, keep);
	return true;
}
