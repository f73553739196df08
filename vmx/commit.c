// SPDX-License-Identifier: MIT
#include "vmx/commit.h"

#include "hv/events.h"
#include "hv/freeze.h"
#include "hv/string.h"
#include "hv/vm.h"
#include "hv/window.h"
#include "hv/work.h"
#include "vmx/guest.h"
#include "vmx/ops.h"
#include "vmx/waiting.h"

// Accessed and dirty: all that the processor's page walks write.
#define WALK_BITS (BIT(5) | BIT(6))

void write_event(struct cpu *c, u8 action, u32 rule, u64 gpa, u64 gva, u64 rip, u8 size, u64 before,
		 u64 after)
{
	struct vm *vm = c->vm;
	struct rule *r = rule_get(&vm->policy.rules, rule);
	bool delivery = vmread(IDT_VECTORING_INFO) & EVENT_VALID;
	bool denies = action == TESSERA_ACTION_DENY || action == TESSERA_ACTION_DISCARD;
	struct tessera_event e = {
		.tsc = rdtsc(),
		.gpa = gpa,
		.gva = gva,
		.rip = rip,
		.before = before,
		.after = after,
		.cr3_page = vmread(GUEST_CR3) >> PAGE_SHIFT,
		.rule = rule,
		.cpu = c->number,
		.action = action,
		.size = size,
		.info = guest_cpl() | (delivery ? TESSERA_EVENT_DELIVERY : 0),
	};

	if (r) {
		__atomic_fetch_add(&r->writes, 1, __ATOMIC_RELAXED);
		if (denies)
			__atomic_fetch_add(&r->denied, 1, __ATOMIC_RELAXED);
	}
	__atomic_fetch_add(&vm->writes[action], 1, __ATOMIC_RELAXED);
	events_add(&e);
	if (vm->ring.gpa)
		work_add(c, WORK_EVENTS);
}

// The offset of the first 8 bytes at or after `from` that differ, or PAGE_SIZE.
static u32 next_change(const struct step_page *p, u32 from)
{
	const u8 *a = p->before + from, *b = p->scratch + from;
	u64 left = (PAGE_SIZE - from) / 8;
	bool same;

	if (left == 0)
		return PAGE_SIZE;
	__asm__ volatile("repe cmpsq" : "+S"(a), "+D"(b), "+c"(left), "=@ccz"(same)::"memory");
	return same ? PAGE_SIZE : (u32)(a - p->before) - 8;
}

static u64 word_at(const u8 *page, u32 offset)
{
	return *(const u64 *)(page + offset);
}

// A mask with 0xff for each byte in which a and b differ.
static u64 changed_bytes(u64 a, u64 b)
{
	u64 mask = 0;

	for (u32 i = 0; i < 64; i += 8)
		if (((a ^ b) >> i) & 0xff)
			mask |= 0xffULL << i;
	return mask;
}

static u8 count_bytes(u64 mask)
{
	u8 n = 0;

	for (; mask; mask >>= 8)
		n += mask & 1;
	return n;
}

// What the rules say of the changed bytes of one word: which may be kept, and the strictest answer.
struct judgement {
	u64 keep;
	struct verdict worst;
};

static struct verdict judge(const struct cpu *c, u64 gpa, u64 length)
{
	const struct policy *p = &c->vm->policy;

	return c->step.passed ? policy_judge_passed(p, gpa, length) : policy_judge(p, gpa, length);
}

static struct judgement judge_word(const struct cpu *c, u64 gpa, u64 changed)
{
	struct judgement j = { .keep = changed, .worst = judge(c, gpa, 8) };

	if (j.worst.action == TESSERA_ACTION_ALLOW)
		return j;
	j.worst = (struct verdict){ .action = TESSERA_ACTION_ALLOW };
	for (u32 i = 0; i < 8; i++) {
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

// The strictest answer over all that the step wrote.
static bool denied(struct cpu *c)
{
	struct step *s = &c->step;

	for (u32 i = 0; i < s->pages; i++) {
		struct step_page *p = &s->page[i];

		if (p->kind > STEP_BESIDE)
			continue;
		for (u32 at = next_change(p, 0); at < PAGE_SIZE; at = next_change(p, at + 8)) {
			u64 changed =
				changed_bytes(word_at(p->before, at), word_at(p->scratch, at));
			struct judgement j = judge_word(c, p->gpa + at, changed);

			if (j.worst.action >= TESSERA_ACTION_DENY) {
				s->denied = freeze_or_deny(c->vm, j.worst.action);
				write_event(c, s->denied, j.worst.rule, j.worst.gpa,
					    p->gva + j.worst.gpa - p->first, s->rip,
					    count_bytes(changed), word_at(p->before, at),
					    word_at(p->before, at));
				return true;
			}
		}
	}
	return false;
}

// True when every store to this byte has to be stepped, so that the page's lock keeps all other
// processors' stores away from it.
static bool closed(const struct policy *p, u64 gpa)
{
	u32 tiles = policy_tiles(p, gpa);

	return p->hardware ? !(tiles & TILE_BIT(gpa)) : tiles != TILES_OPEN;
}

// Stores the kept bytes of a word: in one piece where nobody else writes, so that no reader sees a
// part of it; else byte by byte, so that bytes beside them keep what others wrote.
static void store(const struct policy *p, u64 gpa, u8 *guest, u64 value, u64 keep)
{
	if (closed(p, gpa)) {
		__atomic_store_n((u64 *)guest, value, __ATOMIC_RELAXED);
		return;
	}
	for (u32 i = 0; i < 8; i++)
		if ((keep >> (8 * i)) & 1)
			guest[i] = value >> (8 * i);
}

// The processor sets accessed and dirty bits in one locked step, and so do we: an entry that the
// guest has changed meanwhile keeps what the guest wrote.
static void commit_walk(u64 *entry, u64 before, u64 after)
{
	__atomic_compare_exchange_n(entry, &before, after, false, __ATOMIC_RELAXED,
				    __ATOMIC_RELAXED);
}

// Returns true when an event was recorded.
static bool commit_word(struct cpu *c, const struct step_page *p, u8 *guest, u32 at)
{
	const struct policy *policy = &c->vm->policy;
	u64 before = word_at(p->before, at), after = word_at(p->scratch, at);
	u64 changed = changed_bytes(before, after);
	struct judgement j = judge_word(c, p->gpa + at, changed);
	bool report = j.worst.action != TESSERA_ACTION_ALLOW;

	if (p->kind == STEP_WALK && !((before ^ after) & ~WALK_BITS)) {
		commit_walk((u64 *)(guest + at), before, after);
		return false;
	}
	after = (before & ~j.keep) | (after & j.keep);
	store(policy, p->gpa + at, guest + at, after, j.keep);
	if (report)
		write_event(c, j.worst.action, j.worst.rule, j.worst.gpa,
			    p->gva + j.worst.gpa - p->first, c->step.rip, count_bytes(changed),
			    before, after);
	return report;
}

static void commit_page(struct cpu *c, const struct step_page *p)
{
	u8 *guest = window_map(c, WINDOW_STEP, p->gpa);
	bool reported = false;

	for (u32 at = next_change(p, 0); at < PAGE_SIZE; at = next_change(p, at + 8))
		reported |= commit_word(c, p, guest, at);

	// A store of the value that was there already changes nothing that is ruled, but it met the
	// rule. Bytes beside them may have changed.
	struct verdict v = judge(c, p->first, 1);

	if (p->kind == STEP_WRITE && !reported && v.action != TESSERA_ACTION_ALLOW) {
		u32 at = ALIGN_DOWN(p->first % PAGE_SIZE, 8);

		write_event(c, v.action, v.rule, p->first, p->gva, c->step.rip, 0,
			    word_at(p->before, at), word_at(p->scratch, at));
	}
}

static void commit_apic(struct cpu *c, const struct step_page *p)
{
	u32 offset = p->first % PAGE_SIZE & ~3U;

	waiting_apic_write(c, p->first, *(const u32 *)(p->scratch + offset));
}

// What a stepped instruction or event delivery can have changed beside the general registers.
static const u16 kept[STEP_KEPT] = {
	GUEST_RIP, GUEST_RSP,      GUEST_RFLAGS,  GUEST_INTERRUPTIBILITY,
	GUEST_CS,  GUEST_CS_LIMIT, GUEST_CS_BASE, GUEST_CS_RIGHTS,
	GUEST_SS,  GUEST_SS_LIMIT, GUEST_SS_BASE, GUEST_SS_RIGHTS,
};

void step_keep(struct cpu *c)
{
	struct step *s = &c->step;

	memcpy(s->gpr, c->regs->gpr, sizeof(s->gpr));
	for (u32 i = 0; i < STEP_KEPT; i++)
		s->kept[i] = vmread(kept[i]);
}

static void take_back(struct cpu *c)
{
	const struct step *s = &c->step;

	memcpy(c->regs->gpr, s->gpr, sizeof(s->gpr));
	for (u32 i = 0; i < STEP_KEPT; i++)
		vmwrite(kept[i], s->kept[i]);
}

bool step_commit(struct cpu *c)
{
	struct step *s = &c->step;
	bool ok;

	lock_take(&c->vm->policy.lock);
	ok = !denied(c);
	for (u32 i = 0; i < s->pages && ok; i++)
		if (s->page[i].kind <= STEP_WALK)
			commit_page(c, &s->page[i]);
	lock_drop(&c->vm->policy.lock);
	for (u32 i = 0; i < s->pages && ok; i++)
		if (s->page[i].kind == STEP_APIC)
			commit_apic(c, &s->page[i]);
	if (s->passed)
		freeze_pass_drop(c);
	if (!ok)
		take_back(c);
	return ok;
}
