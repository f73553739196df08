// SPDX-License-Identifier: MIT
// What a store would write is found by running it on a private copy of the bytes at the same linear
// address: then registers and flags have to be the same, whatever the kind of store.
#include "tests/emul/model/agent/shots.h"

#include "hv/lib/string.h"
#include "tests/emul/system/agent/stores.h"

#define KINDS_MAX    128
#define STATUS_FLAGS 0x8d5 // CF PF AF ZF SF OF
#define STORE_CODE   16    // bytes of code, at most

static struct kind {
	const struct store *store;
	bool aligned; // faults elsewhere
} kinds[KINDS_MAX];
static u32 kind_count;

// Not those that access memory more than once, in an order that the manual leaves open.
static bool takes_part(const struct store *s)
{
	static const char *const several[] = { "enter_flat", "vmovups_zmm_masked", "vcompressps" };
	bool once = !(s->flags & (STORE_IN_PARTS | STORE_WIDE));

	for (u32 i = 0; i < ARRAY_SIZE(several); i++)
		once &= strcmp(s->name, several[i]) != 0;
	return once && store_available(s) && s->size <= STORE_MAX;
}

static bool needs_alignment(const struct store *s)
{
	static u8 odd[2 * STORE_MAX] __attribute__((aligned(64)));
	static u8 source[STORE_MAX] __attribute__((aligned(64)));
	struct probe r = probe_of(s->prepare);

	r.gpr[RDI] = (u64)odd + STORE_MAX - 1 - (u64)s->first;
	r.gpr[RSI] = (u64)source;
	probe_run(&r);
	r.code = s->store;
	probe_run(&r);
	return r.vector == V_GP;
}

void shots_init(void)
{
	kind_count = 0;
	for (const struct store *s = stores; s < stores_end && kind_count < KINDS_MAX; s++)
		if (takes_part(s))
			kinds[kind_count++] = (struct kind){ s, needs_alignment(s) };
}

static void fill_copy(const struct player *p, const struct place *w)
{
	for (u32 i = w->offset; i < w->offset + w->size; i++)
		place_copy(p)[i] = truth[place_at(w, i)];
}

// Random bytes; sometimes those that are there already, or all but one of them.
static void choose_values(struct player *p, const struct place *w, struct probe *r)
{
	for (u32 i = 0; i < STORE_MAX; i += 8)
		*(u64 *)(p->source + i) = chance(p);
	if (below(p, 4) == 0) {
		for (u32 i = 0; i < w->size; i++)
			p->source[i] = truth[place_at(w, w->offset + i)];
		if (below(p, 2))
			p->source[below(p, w->size)]++;
	}
	for (u32 i = 0; i < 16; i++)
		r->gpr[i] = chance(p);
	r->gpr[RAX] = *(u64 *)p->source;
	r->gpr[RSI] = (u64)p->source;
}

static void run_prepare(struct player *p, const struct store *s, struct probe *r)
{
	r->code = s->prepare;
	r->rflags = RFLAGS_NONE;
	probe_run(r);
	if (r->vector != NO_FAULT)
		mismatch(p, "vector %u before the store", r->vector);
	r->code = s->store;
	r->rflags = RFLAGS_NONE;
}

static void compare_registers(struct player *p, const u64 *actual, const u64 *expected)
{
	static const char names[16][4] = { "RAX", "RCX", "RDX", "RBX", "RSP", "RBP", "RSI", "RDI",
					   "R8",  "R9",  "R10", "R11", "R12", "R13", "R14", "R15" };

	for (u32 i = 0; i < 16; i++)
		if (i != RSP)
			expect(p, names[i], actual[i], expected[i]);
}

// `start` is how it began, `reference` how it ended on the copy.
static void compare_probe(struct player *p, const struct store *s, const struct probe *r,
			  const struct probe *start, const struct probe *reference, bool denied)
{
	if (!denied) {
		expect(p, "the vector", r->vector, NO_FAULT);
		compare_registers(p, r->gpr, reference->gpr);
		expect(p, "the flags", r->rflags & STATUS_FLAGS, reference->rflags & STATUS_FLAGS);
		return;
	}
	expect(p, "the vector", r->vector, V_GP);
	expect(p, "the error code", r->error, 0);
	if (r->rip - (u64)s->store >= STORE_CODE)
		mismatch(p, "denied at 0x%lx and the store is at 0x%lx", r->rip, (u64)s->store);
	if (s->flags & STORE_AT_TARGET)
		expect(p, "RSP", r->gpr[RSP], start->gpr[RDI]);
	if (s->flags & STORE_AT_SOURCE)
		expect(p, "RSP", r->gpr[RSP], start->gpr[RSI]);
	if (!(s->flags & (STORE_AT_TARGET | STORE_AT_SOURCE)))
		compare_registers(p, r->gpr, start->gpr);
}

static struct place choose_place(struct player *p, const struct kind *k)
{
	struct place w;

	do {
		w = place_random(p, k->store->size);
		if (k->aligned)
			w.offset = (u32)ALIGN_DOWN(w.offset, k->store->size);
	} while (!place_is_mine(p, &w));
	return w;
}

void shot_play(struct player *p)
{
	const struct kind *k = &kinds[below(p, kind_count)];
	const struct store *s = k->store;
	struct place w = choose_place(p, k);
	struct shot shot = place_shot(p, &w, w.offset, w.size);
	struct probe r = probe_of(s->prepare), start, reference;
	bool denied;

	p->doing = s->name;
	p->doing_at = shot.extent[0].at;
	p->doing_size = w.size;
	if (place_is_judged_otherwise(p, &shot)) {
		p->skipped++;
		return;
	}
	choose_values(p, &w, &r);
	r.gpr[RDI] = (u64)place_linear(p, w.offset) - (u64)s->first;
	fill_copy(p, &w);
	place_map_copy(p);
	reference = r;
	run_prepare(p, s, &reference);
	start = reference;
	probe_run(&reference);
	if (reference.vector != NO_FAULT)
		mismatch(p, "vector %u on the copy", reference.vector);
	memcpy(shot.after, place_copy(p) + w.offset, w.size);

	fill_copy(p, &w); // some look at their target while they prepare
	run_prepare(p, s, &r);
	place_map(p, &w);
	probe_run(&r);
	shot.rip = (u64)s->store;
	denied = model_store(p, &shot);
	p->stores++;
	p->denied += denied;
	compare_probe(p, s, &r, &start, &reference, denied);
	place_compare(p, &w);
}
