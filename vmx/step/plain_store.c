// SPDX-License-Identifier: MIT
// A wrong decoding can only affect the guest itself: a store is done only if this CPL could do it
// at this linear address, the rules judge every byte as in a step, and only the page that faulted
// is changed.
#include "vmx/step/plain_store.h"

#include "hv/core/guest_memory.h"
#include "hv/core/guest_walk.h"
#include "hv/lib/string.h"
#include "hv/x86/control_regs.h"
#include "vmx/exit/cr.h"
#include "vmx/step/decode.h"
#include "vmx/step/open.h"
#include "vmx/vmcs/controls.h"
#include "vmx/vmcs/guest.h"
#include "vmx/vmcs/rights.h"

#define DR7_ENABLES 0xffU

// If one of these is on, the store has side effects that are not emulated: fall back to a step.
static bool store_is_plain(u64 rflags)
{
	return !(rflags & (RFLAGS_TF | RFLAGS_AC)) && !(vmread(GUEST_DR7) & DR7_ENABLES) &&
	       (vmread(GUEST_RIGHTS(SEG_CS)) & RIGHTS_LONG_MODE);
}

// Work on a copy, since the guest may change the code meanwhile.
u32 fetch_code(struct cpu *c, const struct paging *paging, u64 rip, u8 *code)
{
	u32 room = MIN((u32)INSTRUCTION_MAX, (u32)(PAGE_SIZE - rip % PAGE_SIZE));
	struct walk w;
	const void *at = NULL;

	if (!walk_linear(c, paging, rip, &w))
		at = window_map(c, WINDOW_SPARE, w.gpa);
	if (!at)
		return 0;
	memcpy(code, at, room);
	return room;
}

// The CPL in question may do the store by an instruction of its own: the access that exited may
// have been the CPU's as supervisor (a descriptor's accessed bit, a posted interrupt), or checked
// another instruction, which another CPU has changed since. Where that is not certain, a step lets
// the CPU judge. With a dirty flag that is set, the walk for the store writes nothing.
static bool may_store(struct cpu *c, const struct paging *paging, u64 gva, u64 gpa)
{
	struct walk w;

	return !walk_linear(c, paging, gva, &w) && w.gpa == gpa &&
	       guest_may_access(paging, &w, true);
}

bool store_plain(struct cpu *c, u64 gpa, u64 gva)
{
	u64 rip = vmread(GUEST_RIP), rflags = vmread(GUEST_RFLAGS);
	struct paging paging = guest_paging();
	u8 code[DECODE_BYTES] = { 0 };
	struct plain_store s;

	if (!(paging.cr0 & CR0_PG) || !store_is_plain(rflags))
		return false;
	c->regs->gpr[RSP] = vmread(GUEST_RSP);
	if (!decode_store(code, fetch_code(c, &paging, rip, code), rip, c->regs->gpr, &s))
		return false;
	if (s.segment >= SEG_FS)
		s.offset += vmread(GUEST_BASE(s.segment));
	if (s.offset != gva || gpa % PAGE_SIZE + s.size > PAGE_SIZE ||
	    !may_store(c, &paging, gva, gpa) || !window_map(c, WINDOW_STEP, gpa))
		return false;
	if (step_store(c, gpa, gva, s.value, s.size)) {
		vmwrite(GUEST_RFLAGS, rflags & ~RFLAGS_RF);
		guest_advance_by(c, s.length);
	}
	return true;
}
