// SPDX-License-Identifier: MIT
// Copies a step's stores to memory without losing what other CPUs store at the same time.
//
// The instruction read and wrote a copy. If another CPU changes the original between the copy
// and the commit, a locked update of the copy would undo that change, and a plain store of which
// only the changed bytes are copied back could mix with it. Three things write to the original:
//
// - Steps of other CPUs. The page's lock, held from before the copy until after the commit,
//   keeps them away.
// - Native stores. They do not happen while the tables refuse all stores to the page: the policy's
//   lock is held over each shootdown, so a CPU that has held it and found the page closed knows
//   that no other one uses an older translation. Native stores are possible
//   a) after an opening during the step. No opening waits for steps. It is detected by
//      policy_generation: it is read at the VM exit that began the step, before the policy is asked
//      about the page, and compared here under the lock. Opening a second page leaves it as it is,
//      and it moves also with openings that change an SPPT leaf alone, which leave ept.generation
//      (and so the step's view) as it was. Splits, merges and changes of memory types do not change
//      what the tables admit.
//   b) all the time, in the open part of what a step writes: a store across the border of a closed
//      tile or page, a store that the CPU does not take to SPP, a store to an open page
//      whose page walk has to write to a closed one, and the words of that walk.
// - The hypervisor's own answers to hypercalls (guest_write, under the policy's lock), and devices.
//
// So a commit with the policy's lock held
// 1. gives up if anything was opened in between. The guest runs the instruction again, natively if
//    the page is still open. This decides for instructions that update more than one word. So that
//    a CPU that changes rules without a pause cannot keep others from their work, 2. alone decides
//    after some tries.
// 2. changes each word by a locked compare-exchange from what the copy held before. If it fails on
//    the first word, another CPU has written: the instruction runs again. If it succeeds, the
//    update has happened at this moment, with nothing in between. This is exact for all updates
//    within an aligned word, with no regard to who else may write.
// 3. does the page walk's words first: an accessed or dirty flag must not be lost when the guest
//    takes the entry away at the same time, and flags that are set do no harm if the rest fails.
//
// Some instructions cannot run twice, because they leave more behind than registers that a step
// can put back (decode_restart). None of them is an atomic update. Their changed bytes are stored
// beside what others have written, as plain stores. So are those of the second and later words,
// and of plain stores that lost against others several times in a row, a neighbour in the same word
// that is written without a pause.
//
// An instruction that stopped in the middle (step_commit_part) will run again from its beginning,
// or has run natively (step.overtaken). Its stores are plain, and a word that others have changed
// meanwhile is left to them: as if the store had come before theirs.
//
// A plain store that Tessera carries out reads the word under the same lock, so that only native
// stores can come between; 2. detects those.
//
// DEVIRTUALIZE opens everything. It waits until all CPUs have no step open (gather in
// vmx/devirt/handoff.c).
#include "vmx/step/writeback.h"

#include "hv/core/guest_memory.h"
#include "hv/core/verdict.h"
#include "hv/core/vm.h"
#include "hv/lib/string.h"
#include "vmx/exit/cr.h"
#include "vmx/exit/icr_trap.h"
#include "vmx/step/conflict.h"
#include "vmx/step/step.h"
#include "vmx/step/walk_update.h"
#include "vmx/vmcs/guest.h"

// The offset of the first word at or after `from` that differs, or p->to.
static u32 next_change(const struct step_page *p, u32 from)
{
	const u8 *a = p->before + from, *b = p->scratch + from;
	u64 left = (p->to - from) / 8;
	bool same;

	if (from >= p->to)
		return p->to;
	__asm__ volatile("repe cmpsq" : "+S"(a), "+D"(b), "+c"(left), "=@ccz"(same)::"memory");
	return same ? p->to : (u32)(a - p->before) - 8;
}

static u64 word_at(const u8 *page, u32 offset)
{
	return *(const u64 *)(page + offset);
}

#define EACH_BYTE 0x0101010101010101ULL

// A mask with 0xff for each byte in which a and b differ.
static u64 changed_bytes(u64 a, u64 b)
{
	u64 differ = a ^ b;

	differ |= differ >> 4 & EACH_BYTE * 0x0f;
	differ |= differ >> 2;
	differ |= differ >> 1;
	return (differ & EACH_BYTE) * 0xff;
}

static u8 count_bytes(u64 mask)
{
	return (mask & EACH_BYTE) * EACH_BYTE >> 56;
}

static struct verdict judge_step_write(const struct cpu *c, u64 gpa, u64 length)
{
	const struct policy *p = &c->vm->policy;

	return policy_judge_as(p, gpa, length,
			       c->step->passed ? TESSERA_ACTION_AUDIT : TESSERA_ACTION_FREEZE);
}

static struct word_verdict judge_bytes(const struct cpu *c, u64 gpa, u64 changed)
{
	u32 first = (u32)__builtin_ctzll(changed) / 8;
	u32 end = 8 - (u32)__builtin_clzll(changed) / 8;
	struct word_verdict j = { .keep = changed,
				  .worst = judge_step_write(c, gpa + first, end - first) };
	bool kept = j.worst.action <= TESSERA_ACTION_AUDIT;

	// Judging byte by byte gives the same result if one rule is the strictest for all of them,
	// or if all are kept and the first byte that it covers has changed.
	if (!j.worst.action || (kept && changed >> 8 * (j.worst.gpa - gpa) & 1))
		return j;
	if (j.worst.gpa == gpa + first && j.worst.end == gpa + end) {
		j.keep = kept ? changed : 0;
		return j;
	}
	j.worst = (struct verdict){ .action = TESSERA_ACTION_ALLOW };
	for (u32 i = first; i < end; i++) {
		u64 byte = 0xffULL << (8 * i);
		struct verdict v;

		if (!(changed & byte))
			continue;
		v = judge_step_write(c, gpa + i, 1);
		if (v.action > j.worst.action)
			j.worst = v;
		if (v.action > TESSERA_ACTION_AUDIT)
			j.keep &= ~byte;
	}
	return j;
}

// The policy lock is held until the end, so a verdict on a word stays valid.
static const struct word_verdict *judge_word(struct cpu *c, const struct step_page *p, u32 at,
					     u64 changed)
{
	struct step *s = c->step;
	u64 gpa = p->gpa + at;

	if (s->judged != gpa + 1)
		s->word_verdict = judge_bytes(c, gpa, changed);
	s->judged = gpa + 1;
	return &s->word_verdict;
}

// For a page walk the linear address of its page is not known.
static u64 linear_of(const struct step_page *p, u64 gpa)
{
	return p->kind == STEP_WALK ? 0 : p->gva + (gpa - p->first);
}

static bool is_walk(const struct step_page *p, u32 at)
{
	return p->kind == STEP_WALK && walk_update(word_at(p->before, at), word_at(p->scratch, at),
						   vmread(GUEST_CR4) & CR4_PAE);
}

// Finds where the page changed, and whether any rule covers that. A single changed word is judged
// later, so skip the range query.
static void look_over(const struct cpu *c, struct step_page *p)
{
	u32 first = next_change(p, p->from), end = first;

	for (u32 at = first; at < p->to; at = next_change(p, end))
		end = at + 8;
	p->from = first;
	p->to = end;
	p->allowed = end - first != 8 && judge_step_write(c, p->gpa + first, end - first).action ==
						 TESSERA_ACTION_ALLOW;
}

static bool page_denied(struct cpu *c, const struct step_page *p)
{
	for (u32 at = p->from; at < p->to; at = next_change(p, at + 8)) {
		u64 before = word_at(p->before, at);
		u64 changed = changed_bytes(before, word_at(p->scratch, at));
		const struct verdict *worst;

		if (is_walk(p, at))
			continue;
		worst = &judge_word(c, p, at, changed)->worst;
		if (worst->action < TESSERA_ACTION_DENY)
			continue;
		c->step->denied = verdict_possible(worst->action);
		write_event(c, c->step->denied, worst->rule, worst->gpa, linear_of(p, worst->gpa),
			    c->step->rip, count_bytes(changed), before, before);
		return true;
	}
	return false;
}

static bool write_is_denied(struct cpu *c)
{
	struct step *s = c->step;

	for (u32 i = 0; i < s->pages; i++) {
		struct step_page *p = &s->page[i];

		if (p->kind > STEP_WALK)
			continue;
		look_over(c, p);
		if (!p->allowed && page_denied(c, p))
			return true;
	}
	return false;
}

// Changes a word, of which `keep` may be stored also beside what others wrote. Returns false as
// step_meet_others does.
static bool put_word(struct cpu *c, u64 *word, u64 before, u64 after, u64 keep)
{
	if (before == after)
		return true;
	if (!__atomic_compare_exchange_n(word, &before, after, false, __ATOMIC_RELAXED,
					 __ATOMIC_RELAXED) &&
	    !step_meet_others(c, word, after, keep))
		return false;
	c->step->wrote = true;
	return true;
}

// Returns false as put_word does; sets *reported if a rule covered the word.
static bool commit_word(struct cpu *c, const struct step_page *p, u8 *guest, u32 at, bool *reported)
{
	u64 before = word_at(p->before, at), after = word_at(p->scratch, at);
	u64 changed = changed_bytes(before, after);
	u64 *word = (u64 *)(guest + at);
	const struct word_verdict *j = p->allowed ? NULL : judge_word(c, p, at, changed);
	u8 action = j ? j->worst.action : TESSERA_ACTION_ALLOW;
	u64 keep = changed;

	if (is_walk(p, at)) {
		keep = 0; // the flags must not be set in a different entry
		action = MIN(action, TESSERA_ACTION_AUDIT);
	} else if (j) {
		keep = j->keep;
		after = (before & ~keep) | (after & keep);
	}
	if (!put_word(c, word, before, after, keep))
		return false;
	if (action == TESSERA_ACTION_ALLOW)
		return true;
	write_event(c, action, j->worst.rule, j->worst.gpa, linear_of(p, j->worst.gpa),
		    c->step->rip, count_bytes(changed), before, after);
	*reported = true;
	return true;
}

// A store of the same value changes no protected byte, but a rule covered it, so it is reported.
// Bytes beside it may have changed.
static __attribute__((noinline, cold)) void report_silent(struct cpu *c, const struct step_page *p)
{
	u32 first = p->first % PAGE_SIZE, at = (u32)ALIGN_DOWN(first, 8);
	struct verdict v;

	if (p->before[first] != p->scratch[first])
		return;
	v = judge_step_write(c, p->first, 1);
	if (v.action != TESSERA_ACTION_ALLOW)
		write_event(c, v.action, v.rule, p->first, p->gva, c->step->rip, 0,
			    word_at(p->before, at), word_at(p->scratch, at));
}

static bool commit_page(struct cpu *c, const struct step_page *p)
{
	u8 *guest = c->step->pages > 1 ? window_map(c, WINDOW_STEP, p->gpa)
				       : window_page(c, WINDOW_STEP);
	bool reported = false;

	for (u32 at = p->from; at < p->to; at = next_change(p, at + 8))
		if (!commit_word(c, p, guest, at, &reported))
			return false;
	if (!c->step->part && p->kind == STEP_WRITE && !reported)
		report_silent(c, p);
	return true;
}

// The pages of one kind, or of both.
static bool commit_step_pages(struct cpu *c, enum step_kind first, enum step_kind last)
{
	struct step *s = c->step;

	for (u32 i = 0; i < s->pages; i++)
		if (s->page[i].kind >= first && s->page[i].kind <= last &&
		    !commit_page(c, &s->page[i]))
			return false;
	return true;
}

static __attribute__((noinline, cold)) void commit_apic(struct cpu *c, const struct step_page *p)
{
	u32 offset = p->first % PAGE_SIZE & ~3U;

	icr_trap_apic_write(c, p->first, *(const u32 *)(p->scratch + offset));
}

// The VMCS fields that a stepped instruction or event delivery can change.
static const u16 kept[STEP_KEPT] = {
	GUEST_RIP,
	GUEST_RSP,
	GUEST_RFLAGS,
	GUEST_INTERRUPTIBILITY,
	GUEST_CS,
	GUEST_CS_LIMIT,
	GUEST_CS_BASE,
	GUEST_CS_RIGHTS,
	GUEST_SS,
	GUEST_SS_LIMIT,
	GUEST_SS_BASE,
	GUEST_SS_RIGHTS,
	GUEST_PENDING_DEBUG,
};

void step_keep(struct cpu *c)
{
	struct step *s = c->step;

	memcpy(s->gpr, c->regs->gpr, sizeof(s->gpr));
	for (u64 i = STEP_KEPT; i--;)
		s->kept[i] = vmread(kept[i]);
}

void step_take_back(struct cpu *c)
{
	const struct step *s = c->step;

	memcpy(c->regs->gpr, s->gpr, sizeof(s->gpr));
	for (u32 i = 0; i < STEP_KEPT; i++)
		vmwrite(kept[i], s->kept[i]);
}

// Policy lock held. Page walks come first, see above.
static enum step_result commit_step(struct cpu *c)
{
	struct step *s = c->step;

	s->judged = 0;
	s->wrote = false;
	if (write_is_denied(c))
		return STEP_DENIED;
	if (s->pages > 1 && !commit_step_pages(c, STEP_WALK, STEP_WALK))
		return STEP_AGAIN;
	return commit_step_pages(c, STEP_WRITE, s->pages > 1 ? STEP_WRITE : STEP_WALK) ? STEP_DONE
										       : STEP_AGAIN;
}

// Reads the words that a plain store changes, and changes them in the copy.
static void fill_words(struct cpu *c, const struct step_store *store)
{
	struct step_page *p = &c->step->page[0];
	const u8 *guest = window_page(c, WINDOW_STEP);
	u32 offset = p->first % PAGE_SIZE;

	p->from = (u32)ALIGN_DOWN(offset, 8);
	p->to = (u32)ALIGN_UP(offset + store->size, 8);
	for (u32 at = p->from; at < p->to; at += 8)
		*(u64 *)(p->before + at) = *(u64 *)(p->scratch + at) = *(const u64 *)(guest + at);
	memcpy(p->scratch + offset, &store->value, store->size);
}

enum step_result step_commit(struct cpu *c, const struct step_store *store)
{
	struct step *s = c->step;
	enum step_result result = STEP_DONE;

	lock_take(&c->vm->policy.lock);
	if (store)
		fill_words(c, store);
	else if (!s->part && s->generation != policy_generation(&c->vm->policy) &&
		 s->repeats < STEP_REPEATS_MAX && step_may_restart(c))
		result = STEP_AGAIN;
	if (result == STEP_DONE)
		result = commit_step(c);
	lock_drop(&c->vm->policy.lock);
	if (s->part)
		return result;
	s->repeats = result == STEP_AGAIN ? s->repeats + 1 : 0;
	if (result == STEP_AGAIN)
		return result;
	for (u32 i = 0; i < s->pages && result == STEP_DONE; i++)
		if (s->page[i].kind == STEP_APIC)
			commit_apic(c, &s->page[i]);
	if (s->passed)
		verdict_drop_pass(c);
	return result;
}

void step_commit_part(struct cpu *c)
{
	c->step->part = true;
	step_commit(c, NULL);
	c->step->part = false;
}
