// SPDX-License-Identifier: MIT
// REP strings: each element is a store of its own, and the first one that is denied ends it.
#include "tests/emul/model/agent/shots.h"

#include "hv/lib/string.h"
#include "tests/emul/system/agent/probe.h"

#define RFLAGS_DF    BIT(10)
#define ELEMENTS_MAX 24
#define INSTRUCTION  4 // bytes of code, at most

static void rep_movsb(void)
{
	__asm__ volatile("rep movsb" ::: "memory");
}

static void rep_movsw(void)
{
	__asm__ volatile("rep movsw" ::: "memory");
}

static void rep_movsq(void)
{
	__asm__ volatile("rep movsq" ::: "memory");
}

static void rep_stosb(void)
{
	__asm__ volatile("rep stosb" ::: "memory");
}

static void rep_stosd(void)
{
	__asm__ volatile("rep stosl" ::: "memory");
}

static void rep_stosq(void)
{
	__asm__ volatile("rep stosq" ::: "memory");
}

static const struct shape {
	const char *name;
	code code;
	u32 width;
	bool moves;
} shapes[] = {
	{ "rep movsb", rep_movsb, 1, true },  { "rep movsw", rep_movsw, 2, true },
	{ "rep movsq", rep_movsq, 8, true },  { "rep stosb", rep_stosb, 1, false },
	{ "rep stosd", rep_stosd, 4, false }, { "rep stosq", rep_stosq, 8, false },
};

struct string {
	const struct shape *shape;
	struct place place;
	u32 elements;
	bool down;
	u8 from[ELEMENTS_MAX * 8];
};

static u32 offset_of(const struct string *x, u32 element)
{
	return (x->down ? x->elements - 1 - element : element) * x->shape->width;
}

static struct shot shot_of(struct player *p, const struct string *x, u32 element)
{
	u32 offset = offset_of(x, element), width = x->shape->width;
	struct shot s = place_shot(p, &x->place, x->place.offset + offset, width);

	s.rip = (u64)x->shape->code;
	memcpy(s.after, x->from + (x->shape->moves ? offset : 0), width);
	return s;
}

static struct string choose(struct player *p)
{
	struct string x = { .shape = &shapes[below(p, ARRAY_SIZE(shapes))],
			    .elements = 1 + below(p, ELEMENTS_MAX),
			    .down = below(p, 3) == 0 };

	x.place = place_random(p, x.shape->width * x.elements);
	for (u32 i = 0; i < sizeof(x.from); i += 8)
		*(u64 *)(x.from + i) = chance(p);
	return x;
}

static struct probe probe_for(struct player *p, const struct string *x)
{
	struct probe r = probe_of(x->shape->code);
	u32 first = offset_of(x, 0);

	r.gpr[RAX] = *(const u64 *)x->from;
	r.gpr[RCX] = x->elements;
	r.gpr[RDI] = (u64)place_linear(p, x->place.offset + first);
	r.gpr[RSI] = (u64)x->from + first;
	r.rflags |= x->down ? RFLAGS_DF : 0;
	return r;
}

static void compare(struct player *p, const struct string *x, const struct probe *start,
		    const struct probe *r, u32 done)
{
	u64 moved = (u64)done * x->shape->width * (x->down ? -1ULL : 1);
	bool denied = done < x->elements;

	expect(p, "the vector", r->vector, denied ? V_GP : NO_FAULT);
	expect(p, "RCX", r->gpr[RCX], x->elements - done);
	expect(p, "RDI", r->gpr[RDI], start->gpr[RDI] + moved);
	expect(p, "RSI", r->gpr[RSI], start->gpr[RSI] + (x->shape->moves ? moved : 0));
	if (denied && r->rip - (u64)x->shape->code >= INSTRUCTION)
		mismatch(p, "denied at 0x%lx and the string is at 0x%lx", r->rip,
			 (u64)x->shape->code);
}

void string_play(struct player *p)
{
	struct string x = choose(p);
	struct probe start = probe_for(p, &x), r = start;
	u32 done = 0;

	p->doing = x.shape->name;
	p->doing_at = place_at(&x.place, x.place.offset);
	p->doing_size = x.place.size;
	for (u32 i = 0; i < x.elements; i++) {
		struct shot s = shot_of(p, &x, i);

		if (place_is_judged_otherwise(p, &s)) {
			p->skipped++;
			return;
		}
	}
	place_map(p, &x.place);
	probe_run(&r);
	for (; done < x.elements; done++) {
		struct shot s = shot_of(p, &x, done);

		p->stores++;
		if (model_store(p, &s)) {
			p->denied++;
			break;
		}
	}
	compare(p, &x, &start, &r, done);
	place_compare(p, &x.place);
}
