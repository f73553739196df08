// SPDX-License-Identifier: MIT
#include "vmx/step/writeback.h"

#include "hv/core/guest_memory.h"
#include "hv/core/verdict.h"
#include "hv/core/vm.h"
#include "hv/lib/string.h"
#include "vmx/exit/cr.h"
#include "vmx/exit/sipi_software.h"
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

static struct verdict judge(const struct cpu *c, u64 gpa, u64 length)
{
	const struct policy *p = &c->vm->policy;

	return policy_judge_as(p, gpa, length,
			       c->step->passed ? TESSERA_ACTION_AUDIT : TESSERA_ACTION_FREEZE);
}

static struct judgement judge_bytes(const struct cpu *c, u64 gpa, u64 changed)
{
	u32 first = (u32)__builtin_ctzll(changed) / 8;
	u32 end = 8 - (u32)__builtin_clzll(changed) / 8;
	struct judgement j = { .keep = changed, .worst = judge(c, gpa + first, end - first) };
	bool kept = j.worst.action <= TESSERA_ACTION_AUDIT;

	// One by one the bytes would say the same where a rule is the strictest for all of them,
	// and where all are kept and the first one that it meets has changed.
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
		v = judge(c, gpa + i, 1);
		if (v.action > j.worst.action)
			j.worst = v;
		if (v.action > TESSERA_ACTION_AUDIT)
			j.keep &= ~byte;
	}
	return j;
}

// The policy lock is held until the end, so that what the rules said of a word they still say.
static const struct judgement *judge_word(struct cpu *c, const struct step_page *p, u32 at,
					  u64 changed)
{
	struct step *s = c->step;
	u64 gpa = p->gpa + at;

	if (s->judged != gpa + 1)
		s->judgement = judge_bytes(c, gpa, changed);
	s->judged = gpa + 1;
	return &s->judgement;
}

// A page walk does not tell where its page is in linear memory.
static u64 linear_of(const struct step_page *p, u64 gpa)
{
	return p->kind == STEP_WALK ? 0 : p->gva + (gpa - p->first);
}

static bool is_walk(const struct step_page *p, u32 at)
{
	return p->kind == STEP_WALK && walk_update(word_at(p->before, at), word_at(p->scratch, at),
						   vmread(GUEST_CR4) & CR4_PAE);
}

// Finds out where the page changed, and whether any rule has a say in it. Where it is a single
// word, that comes out when the word is judged.
static void look_over(const struct cpu *c, struct step_page *p)
{
	u32 first = next_change(p, p->from), end = first;

	for (u32 at = first; at < p->to; at = next_change(p, end))
		end = at + 8;
	p->from = first;
	p->to = end;
	p->allowed = end - first != 8 &&
		     judge(c, p->gpa + first, end - first).action == TESSERA_ACTION_ALLOW;
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

static bool denied(struct cpu *c)
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

#define MERGE_TRIES 8

// The largest aligned piece at `to` that is kept whole. Returns its size.
static u32 store_piece(u8 *to, u64 value, u64 keep)
{
	if ((u64)to % 4 == 0 && (u32)keep == ~0U) {
		*(volatile u32 *)to = (u32)value;
		return 4;
	}
	if ((u64)to % 2 == 0 && (u16)keep == 0xffff) {
		*(volatile u16 *)to = (u16)value;
		return 2;
	}
	if ((u8)keep)
		*(volatile u8 *)to = (u8)value;
	return 1;
}

// Changes the kept bytes of a word as one: no reader sees a part of it, and the bytes beside them
// keep what others wrote meanwhile. Others that write those without a pause could keep us here,
// with the policy's lock, for ever; a plain store nobody can prevent.
static void merge(u64 *word, u64 value, u64 keep)
{
	u64 now = __atomic_load_n(word, __ATOMIC_RELAXED);

	for (u32 i = 0; i < MERGE_TRIES; i++)
		if (__atomic_compare_exchange_n(word, &now, (now & ~keep) | (value & keep), false,
						__ATOMIC_RELAXED, __ATOMIC_RELAXED))
			return;
	if (keep == ~0ULL) {
		__atomic_store_n(word, value, __ATOMIC_RELAXED);
		return;
	}
	for (u32 at = 0, size; at < sizeof(*word); at += size)
		size = store_piece((u8 *)word + at, value >> 8 * at, keep >> 8 * at);
}

// The processor sets accessed and dirty bits in one locked step, and so do we: an entry that the
// guest has changed meanwhile keeps what the guest wrote.
static void commit_walk(u64 *entry, u64 before, u64 after)
{
	__atomic_compare_exchange_n(entry, &before, after, false, __ATOMIC_RELAXED,
				    __ATOMIC_RELAXED);
}

// Returns true when the rules had a say in it.
static bool commit_word(struct cpu *c, const struct step_page *p, u8 *guest, u32 at)
{
	u64 before = word_at(p->before, at), after = word_at(p->scratch, at);
	u64 changed = changed_bytes(before, after);
	const struct judgement *j;

	if (is_walk(p, at)) {
		commit_walk((u64 *)(guest + at), before, after);
		return false;
	}
	if (p->allowed) {
		merge((u64 *)(guest + at), after, changed);
		return false;
	}
	j = judge_word(c, p, at, changed);
	after = (before & ~j->keep) | (after & j->keep);
	merge((u64 *)(guest + at), after, j->keep);
	if (j->worst.action == TESSERA_ACTION_ALLOW)
		return false;
	write_event(c, j->worst.action, j->worst.rule, j->worst.gpa, linear_of(p, j->worst.gpa),
		    c->step->rip, count_bytes(changed), before, after);
	return true;
}

// A store of the value that was there already changes nothing that is ruled, but it met the rule.
// Bytes beside them may have changed.
static void report_silent(struct cpu *c, const struct step_page *p)
{
	u32 first = p->first % PAGE_SIZE, at = (u32)ALIGN_DOWN(first, 8);
	struct verdict v;

	if (p->before[first] != p->scratch[first])
		return;
	v = judge(c, p->first, 1);
	if (v.action != TESSERA_ACTION_ALLOW)
		write_event(c, v.action, v.rule, p->first, p->gva, c->step->rip, 0,
			    word_at(p->before, at), word_at(p->scratch, at));
}

static void commit_page(struct cpu *c, const struct step_page *p, bool whole)
{
	u8 *guest = window_map(c, WINDOW_STEP, p->gpa);
	bool reported = false;

	for (u32 at = p->from; at < p->to; at = next_change(p, at + 8))
		reported |= commit_word(c, p, guest, at);
	if (whole && p->kind == STEP_WRITE && !reported)
		report_silent(c, p);
}

static void commit_apic(struct cpu *c, const struct step_page *p)
{
	u32 offset = p->first % PAGE_SIZE & ~3U;

	waiting_apic_write(c, p->first, *(const u32 *)(p->scratch + offset));
}

// What a stepped instruction or event delivery can have changed beside the general registers.
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
	for (u32 i = 0; i < STEP_KEPT; i++)
		s->kept[i] = vmread(kept[i]);
}

void step_take_back(struct cpu *c)
{
	const struct step *s = c->step;

	memcpy(c->regs->gpr, s->gpr, sizeof(s->gpr));
	for (u32 i = 0; i < STEP_KEPT; i++)
		vmwrite(kept[i], s->kept[i]);
}

bool step_commit(struct cpu *c, bool whole)
{
	struct step *s = c->step;
	bool ok;

	s->judged = 0;
	lock_take(&c->vm->policy.lock);
	ok = !denied(c);
	for (u32 i = 0; i < s->pages && ok; i++)
		if (s->page[i].kind <= STEP_WALK)
			commit_page(c, &s->page[i], whole);
	lock_drop(&c->vm->policy.lock);
	if (!whole)
		return ok;
	for (u32 i = 0; i < s->pages && ok; i++)
		if (s->page[i].kind == STEP_APIC)
			commit_apic(c, &s->page[i]);
	if (s->passed)
		verdict_drop_pass(c);
	return ok;
}
