// SPDX-License-Identifier: MIT
// Random regions, maps and stores against a model: an array with the strictest action for each byte
// (76). Each CPU has pages and a row of random numbers of its own.
#include "hv/lib/string.h"
#include "tests/emul/system/agent/agent.h"
#include "tests/emul/system/agent/plain.h"
#include "tests/emul/system/agent/scenarios.h"

#define PAGES       64
#define SIZE        (PAGES * PAGE_SIZE)
#define REGIONS     100
#define WIDEST      256
#define MODELS_PAGE 512 // the upper half of the arena

void random_xchg(void);
void random_cmpxchg(void);
void random_movups(void);
void random_vmovups(void);
void random_movsb(void);

struct region {
	enum tessera_action action;
	u64 start, length;
};

struct world {
	u8 *memory;
	u8 *model;     // enum tessera_action of each byte
	u32 sharers;   // CPUs that do the same at the same time
	bool crossing; // stores may go over the borders of tiles
	u32 count;
	struct region region[REGIONS];
	u32 map[PAGES];
};

static struct world worlds[CPUS_MAX];

static u64 below(u64 limit)
{
	return random64() % limit;
}

static void model_range(struct world *w, u64 start, u64 length)
{
	u64 end = start + length;

	for (u64 i = start; i < end; i++)
		w->model[i] = w->map[i / PAGE_SIZE] >> i % PAGE_SIZE / TILE & 1
				      ? TESSERA_ACTION_ALLOW
				      : TESSERA_ACTION_DENY;
	for (u32 r = 0; r < w->count; r++) {
		const struct region *x = &w->region[r];

		for (u64 i = MAX(start, x->start); i < MIN(end, x->start + x->length); i++)
			w->model[i] = MAX(w->model[i], (u8)x->action);
	}
}

static void add_region(struct world *w)
{
	static const u64 lengths[] = { 1, 8, 64, 300, 2 * PAGE_SIZE };
	struct region *r = &w->region[w->count];

	r->action = TESSERA_ACTION_AUDIT + below(3);
	r->length = 1 + below(lengths[below(ARRAY_SIZE(lengths))]);
	r->start = below(SIZE - r->length);
	for (u32 i = 0; i < w->count; i++)
		if (w->region[i].start == r->start && w->region[i].length == r->length)
			return;
	protect(r->action, w->memory + r->start, r->length);
	w->count++;
	model_range(w, r->start, r->length);
}

static void remove_region(struct world *w)
{
	u32 n = (u32)below(w->count);
	struct region r = w->region[n];

	unprotect(r.action, w->memory + r.start, r.length);
	w->region[n] = w->region[--w->count];
	model_range(w, r.start, r.length);
}

static void change_map(struct world *w)
{
	u32 n = (u32)below(PAGES);

	w->map[n] = below(2) ? ~0U : (u32)random64() | (u32)random64();
	access_set_one(w->memory + n * PAGE_SIZE, w->map[n]);
	model_range(w, n * PAGE_SIZE, PAGE_SIZE);
}

static void change(struct world *w)
{
	if (below(8) == 0)
		change_map(w);
	else if (w->count == REGIONS || (w->count && below(3) == 0))
		remove_region(w);
	else
		add_region(w);
}

// A store of `width` bytes, each of them the contrary of what is there.
struct attempt {
	u64 at;
	u32 width;
	code code;
	bool piecewise; // byte by byte
	u8 before[WIDEST], after[WIDEST];
};

static void plain1(void)
{
	__asm__ volatile("movb %%al, (%%rdi)" ::: "memory");
}

static void plain2(void)
{
	__asm__ volatile("movw %%ax, (%%rdi)" ::: "memory");
}

static void plain4(void)
{
	__asm__ volatile("movl %%eax, (%%rdi)" ::: "memory");
}

static void plain8(void)
{
	__asm__ volatile("movq %%rax, (%%rdi)" ::: "memory");
}

static const struct {
	code code;
	u32 width;
} kinds[] = {
	{ plain1, 1 },         { plain2, 2 },          { plain4, 4 },
	{ plain8, 8 },         { random_xchg, 8 },     { random_cmpxchg, 8 },
	{ random_movups, 16 }, { random_vmovups, 32 }, { random_movsb, 0 },
};

static struct attempt choose(const struct world *w)
{
	u32 k = (u32)below(ARRAY_SIZE(kinds));
	struct attempt a = { .code = kinds[k].code, .width = kinds[k].width };

	a.piecewise = !a.width;
	if (a.piecewise)
		a.width = 1 + (u32)below(WIDEST - 1);
	a.at = below(SIZE - a.width);
	// Where the emulator enforces tiles it looks at the first byte's only.
	if (!w->crossing && !a.piecewise)
		a.at = ALIGN_DOWN(a.at, a.width);
	return a;
}

// How many bytes are stored before something is denied.
static u32 admitted(const struct world *w, const struct attempt *a)
{
	for (u32 i = 0; i < a->width; i++)
		if (w->model[a->at + i] >= TESSERA_ACTION_DENY)
			return a->piecewise ? i : 0;
	return a->width;
}

static void attempt(const struct world *w)
{
	struct attempt a = choose(w);
	u32 expected = admitted(w, &a);
	u8 *target = w->memory + a.at;
	struct probe p = probe_of(a.code);

	for (u32 i = 0; i < a.width; i++) {
		a.before[i] = target[i];
		a.after[i] = (u8)~target[i];
	}
	p.gpr[RDI] = (u64)target;
	p.gpr[RSI] = (u64)a.after;
	p.gpr[RCX] = a.width;
	p.gpr[RAX] = a.code == random_cmpxchg ? *(u64 *)a.before : *(u64 *)a.after;
	p.gpr[RDX] = *(u64 *)a.after;
	probe_run(&p);
	CHECK(p.vector == NO_FAULT || probe_denied(&p), "vector %u error 0x%x", p.vector, p.error);
	CHECK((p.vector == NO_FAULT) == (expected == a.width),
	      "store of %u bytes at +0x%lx: vector %u, and the model lets %u bytes through",
	      a.width, a.at, p.vector, expected);
	if (a.piecewise)
		same("RCX", p.gpr[RCX], a.width - expected);
	for (u32 i = 0; i < a.width; i++) {
		bool stored = i < expected && w->model[a.at + i] != TESSERA_ACTION_DISCARD;

		CHECK(target[i] == (stored ? a.after[i] : a.before[i]),
		      "store of %u bytes at +0x%lx: byte %u is 0x%x, action %u", a.width, a.at, i,
		      target[i], w->model[a.at + i]);
	}
}

static void prepare(struct world *w)
{
	u32 cpu = cpu_this()->number;

	w->memory = page(cpu * PAGES);
	w->model = page(MODELS_PAGE + cpu * PAGES);
	w->crossing = !hardware_engine();
	w->count = 0;
	memset(w->model, TESSERA_ACTION_ALLOW, SIZE);
	for (u32 i = 0; i < PAGES; i++)
		w->map[i] = ~0U;
}

static void live(void *of)
{
	struct world *w = of;
	u32 turns = argument[2] ? (u32)argument[2] : 1500 / w->sharers;

	prepare(w);
	for (u32 i = 0; i < turns; i++) {
		change(w);
		for (u32 k = 0; k < 4; k++)
			attempt(w);
	}
}

void random_stores_against_model(void)
{
	worlds[0].sharers = 1;
	live(&worlds[0]);
}

void random_stores_on_all_processors(void)
{
	for (enum tessera_action a = TESSERA_ACTION_AUDIT; a <= TESSERA_ACTION_DISCARD; a++)
		rule_for(a); // made by one CPU
	for (u32 i = 0; i < cpu_count; i++)
		worlds[i].sharers = cpu_count;
	for (u32 i = 1; i < cpu_count; i++)
		cpu_start(i, live, &worlds[i]);
	live(&worlds[0]);
	for (u32 i = 1; i < cpu_count; i++)
		cpu_join(i);
}
