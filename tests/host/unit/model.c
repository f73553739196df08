// SPDX-License-Identifier: MIT
#include "ept/entry.h"
#include "tests/host/unit/model_internal.h"

#define POOL_PA 0x77020000ULL

// Where page tables, memory types and the hidden block have their borders.
const struct arena model_arenas[MODEL_ARENAS] = {
	{ 0x3fe00000, 0x40400000 },                    // 1 GiB
	{ 0x7fffc00000, 0x8000200000 },                // 512 GiB
	{ 0x76e00000, 0x78200000 },                    // the hidden block, and both sides of it
	{ 0, 0x400000 },                               // fixed MTRRs
	{ BIT(ADDR_BITS) - 0x400000, BIT(ADDR_BITS) }, // the end of memory
};

struct mtrr_state model_types(u32 index)
{
	struct mtrr_state m = {
		.present = true,
		.addr_bits = ADDR_BITS,
		.cap = 0x508,
		.def_type = index == 3 ? 0x806 : 0xc06,
		.fixed = { 0x0606060606060606, 0x0606060606060606, 0, 0x0505050505050505 },
		.base = { 0x80000000, index == 1 ? 0x40001000 : 0x7000000000 },
		.mask = { 0xff80000800, 0xfffffff800 },
		.variable = 2,
	};

	if (index == 2)
		m.def_type = 0;
	return m;
}

static struct pool *new_pool(u32 pages)
{
	struct pool *p = malloc(sizeof(*p));
	void *block = aligned_alloc(PAGE_SIZE, pages * PAGE_SIZE);

	CHECK(p && block, "the host has no memory");
	pool_init(p, block, POOL_PA, pages * PAGE_SIZE);
	return p;
}

static void delete_pool(struct pool *p)
{
	free(p->va);
	free(p);
}

struct model *model_new(bool hardware, u32 pool_pages)
{
	struct model *m = calloc(1, sizeof(*m));
	struct mtrr_state types = model_types(0);

	CHECK(m, "the host has no memory");
	m->pool = new_pool(pool_pages);
	for (u32 i = 0; i < MODEL_ARENAS; i++) {
		u64 pages = (model_arenas[i].end - model_arenas[i].start) / PAGE_SIZE;

		m->maps[i] = malloc(pages * sizeof(u32));
		memset(m->maps[i], 0xff, pages * sizeof(u32));
	}
	CHECK(!ept_create(&m->ept, m->pool, ADDR_BITS, 3, &types, HIDDEN_START, HIDDEN_END), "map");
	CHECK(!policy_init(&m->policy, m->pool, &m->ept, hardware), "policy");
	m->action[TESSERA_RULE_DENY] = m->action[TESSERA_RULE_ACCESS] = TESSERA_ACTION_DENY;
	return m;
}

void model_delete(struct model *m)
{
	u64 pages = m->pool->size / PAGE_SIZE;

	policy_destroy(&m->policy);
	ept_destroy(&m->ept);
	CHECK(m->pool->free_pages == pages, "%llu pages leaked",
	      (ull)(pages - m->pool->free_pages));
	delete_pool(m->pool);
	for (u32 i = 0; i < MODEL_ARENAS; i++)
		free(m->maps[i]);
	free(m);
}

// ---- Operations ----

struct call {
	const struct model_op *op;
	u64 gpa, length, pages;
	u32 maps[TESSERA_ACCESS_MAX + 1];
};

// Tiles of some pages of a range, before and after a call.
struct sample {
	u64 page[8];
	u32 before[8];
	u32 pages;
};

static void take_sample(const struct model *m, struct sample *s, u64 gpa, u64 length)
{
	u64 first = gpa & PAGE_MASK, last = (gpa + length - 1) & PAGE_MASK;
	u64 middle = (first + (last - first) / 2) & PAGE_MASK;
	u64 wanted[] = { first - PAGE_SIZE, first, first + PAGE_SIZE, middle,
			 last - PAGE_SIZE,  last,  last + PAGE_SIZE };

	s->pages = 0;
	for (u32 i = 0; i < ARRAY_SIZE(wanted); i++)
		if (wanted[i] < BIT(ADDR_BITS) && !model_is_hidden(wanted[i])) {
			s->page[s->pages] = wanted[i];
			s->before[s->pages++] = model_reference(m, wanted[i]);
		}
}

static void check_sample(const struct model *m, const struct sample *s, bool shootdown_owed)
{
	for (u32 i = 0; i < s->pages; i++) {
		model_check_page(m, s->page[i]);
		u32 closed = s->before[i] & ~model_reference(m, s->page[i]);
		CHECK(!closed || shootdown_owed, "%llx: %x closed, no flush owed", (ull)s->page[i],
		      closed);
	}
}

static bool in_map(u64 gpa, u64 length)
{
	return length && gpa + length > gpa && gpa + length <= BIT(ADDR_BITS) &&
	       (gpa + length <= HIDDEN_START || gpa >= HIDDEN_END);
}

static int range_error(u64 gpa, u64 length)
{
	if (!length || gpa + length < gpa)
		return TESSERA_BAD_ARGUMENT;
	return in_map(gpa, length) ? TESSERA_OK : TESSERA_BAD_ADDRESS;
}

static struct model_region *find(struct model *m, u64 start, u64 end, u32 rule)
{
	for (u32 i = 0; i < m->regions; i++)
		if (m->region[i].start == start && m->region[i].end == end &&
		    m->region[i].rule == rule)
			return &m->region[i];
	return NULL;
}

static u32 rule_of(const struct model_op *op)
{
	return op->rule % (MODEL_RULES + 1); // the last one never exists
}

static bool has_rule(const struct model *m, u32 rule)
{
	return rule < MODEL_RULES && m->action[rule] != TESSERA_ACTION_ALLOW;
}

// rc is what the policy said, `expected` what it must say while there is memory.
static void check_result(const struct model *m, int rc, int expected)
{
	bool starved = rc == TESSERA_NO_MEMORY && expected == TESSERA_OK;

	CHECK(rc == expected || starved, "%d, not %d, after %llu operations", rc, expected,
	      (ull)m->operations);
}

static void run_protect(struct model *m, struct call *c)
{
	u32 rule = rule_of(c->op);
	int expected = has_rule(m, rule) ? range_error(c->gpa, c->length) : TESSERA_NOT_FOUND;

	if (expected == TESSERA_OK && find(m, c->gpa, c->gpa + c->length, rule))
		expected = TESSERA_EXISTS;
	if (m->policy.lockdown)
		expected = TESSERA_DENIED;
	if (expected == TESSERA_OK && m->regions == MODEL_REGIONS)
		return;
	int rc = policy_protect(&m->policy, rule, c->gpa, c->length);
	check_result(m, rc, expected);
	if (rc == TESSERA_OK)
		m->region[m->regions++] = (struct model_region){
			.start = c->gpa,
			.end = c->gpa + c->length,
			.rule = rule,
		};
}

static void run_unprotect(struct model *m, struct call *c)
{
	u32 rule = rule_of(c->op);

	if (c->op->kind == MODEL_UNPROTECT && m->regions) {
		const struct model_region *r = &m->region[c->op->offset % m->regions];

		c->gpa = r->start;
		c->length = r->end - r->start;
		rule = r->rule;
	}
	struct model_region *r = find(m, c->gpa, c->gpa + c->length, rule);
	int expected = m->policy.lockdown ? TESSERA_DENIED
		       : !r               ? TESSERA_NOT_FOUND
		       : m->sealed[rule]  ? TESSERA_SEALED
					  : TESSERA_OK;
	int rc = policy_unprotect(&m->policy, rule, c->gpa, c->length);
	check_result(m, rc, expected);
	if (rc == TESSERA_OK)
		*r = m->region[--m->regions];
}

#define BATCH_MAX 12

// Some operation near the call's range, or about what is there, or about what came before it.
static struct policy_op choose(const struct model *m, const struct call *c, u32 number,
			       const struct policy_op *before)
{
	const struct model_region *r = m->regions ? &m->region[number / 16 % m->regions] : NULL;
	u64 size = number & BIT(20) ? 1 : number & BIT(21) ? PAGE_SIZE : SIZE_2M;
	struct policy_op op = {
		.gpa = c->gpa + number / 32 % 8 * 96,
		.length = 1 + number / 256 % 512 * (number % 3 ? 1 : 64),
		.rule = number / 8 % (MODEL_RULES + 1) * (number % 32 == 0),
	};

	if (size > 1 && number % 5 == 0)
		op = (struct policy_op){ .gpa = ALIGN_DOWN(c->gpa, size), .length = size };
	if (r && number % 16 < 6)
		op = (struct policy_op){ r->start, r->end - r->start, r->rule, true, 0 };
	else if (before && number % 16 < 8)
		op = (struct policy_op){ before->gpa, before->length, before->rule, !before->open,
					 0 };
	return op;
}

static int apply(struct model *m, const struct policy_op *op)
{
	struct model_region *r = find(m, op->gpa, op->gpa + op->length, op->rule);

	if (!has_rule(m, op->rule))
		return TESSERA_NOT_FOUND;
	if (op->open) {
		if (r && !m->sealed[op->rule])
			*r = m->region[--m->regions];
		return !r ? TESSERA_NOT_FOUND : m->sealed[op->rule] ? TESSERA_SEALED : TESSERA_OK;
	}
	if (range_error(op->gpa, op->length))
		return range_error(op->gpa, op->length);
	if (!r)
		m->region[m->regions++] = (struct model_region){ .start = op->gpa,
								 .end = op->gpa + op->length,
								 .rule = op->rule };
	return r ? TESSERA_EXISTS : TESSERA_OK;
}

static void run_batch(struct model *m, struct call *c)
{
	struct model_region saved[MODEL_REGIONS];
	u32 regions = m->regions, pages = m->pool->free_pages;
	u32 number = c->op->map * 2654435761U, bad = 0, failed = 0, count;
	struct policy_op ops[BATCH_MAX];
	int expected = TESSERA_OK;

	memcpy(saved, m->region, sizeof(saved));
	for (count = 0; count < 1 + c->op->length % BATCH_MAX; count++) {
		number = number * 1664525 + 1013904223;
		ops[count] = choose(m, c, number >> 7, count ? &ops[count - 1] : NULL);
		if (m->regions == MODEL_REGIONS && !ops[count].open)
			break;
		if (expected == TESSERA_OK) {
			expected = apply(m, &ops[count]);
			bad = count;
		}
	}
	int rc = policy_change(&m->policy, ops, count, &failed);
	check_result(m, rc, expected);
	if (rc != TESSERA_OK) {
		CHECK(rc == TESSERA_NO_MEMORY || failed == bad, "%u, not %u", failed, bad);
		m->regions = regions;
		memcpy(m->region, saved, sizeof(saved));
		policy_reap(&m->policy);
		CHECK(m->pool->free_pages == pages || m->policy.starved, "kept pages");
	}
	for (u32 i = 0; i < count; i++) {
		if (!in_map(ops[i].gpa, ops[i].length))
			continue;
		model_check_page(m, ops[i].gpa & PAGE_MASK);
		model_check_page(m, (ops[i].gpa + ops[i].length - 1) & PAGE_MASK);
	}
}

static int access_error(const struct model *m, const struct call *c, bool set)
{
	if (set && m->policy.lockdown)
		return TESSERA_DENIED;
	if (!c->pages || c->pages > TESSERA_ACCESS_MAX || c->gpa % PAGE_SIZE)
		return TESSERA_BAD_ARGUMENT;
	return range_error(c->gpa, c->pages * PAGE_SIZE);
}

static void fold_pages(struct call *c)
{
	u32 spread = c->op->map ^ c->op->length * 2654435761U;

	if (c->op->fail != 77) // a number that nothing else gives a meaning
		c->gpa &= PAGE_MASK;
	c->pages = c->op->length % (TESSERA_ACCESS_MAX + 2);
	for (u32 i = 0; i < c->pages; i++) {
		u32 mixed = spread * (i / 3 + 1);

		c->maps[i] = c->op->kind == MODEL_ACCESS_SAME
				     ? (c->op->map % 3 ? (c->op->map % 3 == 1 ? 0 : ~0U) : spread)
			     : mixed % 5 == 0 ? 0
			     : mixed % 5 == 1 ? ~0U
					      : mixed;
	}
}

static u32 *maps_in_arena(const struct model *m, u64 gpa, u64 pages)
{
	for (u32 i = 0; i < MODEL_ARENAS; i++)
		if (gpa >= model_arenas[i].start && gpa + pages * PAGE_SIZE <= model_arenas[i].end)
			return &m->maps[i][(gpa - model_arenas[i].start) / PAGE_SIZE];
	return NULL;
}

static void run_access_set(struct model *m, struct call *c)
{
	fold_pages(c);
	int expected = access_error(m, c, true);
	u32 *maps = expected == TESSERA_OK ? maps_in_arena(m, c->gpa, c->pages) : NULL;
	bool tightens = false;

	c->length = c->pages * PAGE_SIZE;
	if (expected == TESSERA_OK && !maps)
		return; // the model keeps no maps there
	for (u32 i = 0; maps && i < c->pages; i++) {
		u64 page = c->gpa + i * PAGE_SIZE;

		if (m->sealed[TESSERA_RULE_ACCESS] && (c->maps[i] & ~maps[i]))
			expected = TESSERA_SEALED;
		tightens |= model_tiles(m, page) & ~c->maps[i];
	}
	int rc = policy_access_set(&m->policy, c->gpa, c->pages, c->maps);
	check_result(m, rc, expected);
	if (rc != TESSERA_OK)
		return;
	memcpy(maps, c->maps, c->pages * sizeof(u32));
	CHECK(!m->policy.shootdown_owed || tightens || m->policy.starved, "flush without need");
}

static void run_access_get(struct model *m, struct call *c)
{
	fold_pages(c);
	int expected = access_error(m, c, false);
	int rc = policy_access_get(&m->policy, c->gpa, c->pages, c->maps);

	check_result(m, rc, expected);
	c->length = c->pages * PAGE_SIZE;
	for (u32 i = 0; rc == TESSERA_OK && i < c->pages; i++)
		CHECK(c->maps[i] == model_tiles(m, c->gpa + i * PAGE_SIZE), "page %u", i);
}

static void run_rule_create(struct model *m, struct call *c)
{
	u32 rule = rule_of(c->op);
	u32 action = c->op->map % TESSERA_ACTION_COUNT;

	if (rule >= MODEL_RULES || m->action[rule] != TESSERA_ACTION_ALLOW)
		return;
	m->policy.rules.next = rule; // the model keeps to few numbers
	s32 number = rule_create(&m->policy.rules, action, "", 0, 0);
	if (action == TESSERA_ACTION_ALLOW) {
		CHECK(number == TESSERA_BAD_ARGUMENT, "%d", number);
		return;
	}
	CHECK(number == (s32)rule, "%d, not %u", number, rule);
	m->action[rule] = action;
	m->sealed[rule] = false;
}

static u32 carriers(const struct model *m, u32 rule)
{
	u32 n = 0;

	for (u32 i = 0; i < m->regions; i++)
		n += m->region[i].rule == rule;
	for (u32 i = 0; rule == TESSERA_RULE_ACCESS && i < MODEL_ARENAS; i++)
		for (u64 page = 0; page < (model_arenas[i].end - model_arenas[i].start) / PAGE_SIZE;
		     page++)
			n += m->maps[i][page] != ~0U;
	return n;
}

static void run_rule_delete(struct model *m, struct call *c)
{
	u32 rule = rule_of(c->op);
	int expected = !has_rule(m, rule)  ? TESSERA_NOT_FOUND
		       : rule < 2          ? TESSERA_BAD_ARGUMENT
		       : m->sealed[rule]   ? TESSERA_SEALED
		       : carriers(m, rule) ? TESSERA_IN_USE
					   : TESSERA_OK;

	if (has_rule(m, rule))
		CHECK(rule_get(&m->policy.rules, rule)->regions == carriers(m, rule), "%u", rule);
	CHECK(rule_delete(&m->policy.rules, rule) == expected, "rule %u", rule);
	if (expected == TESSERA_OK)
		m->action[rule] = TESSERA_ACTION_ALLOW;
}

static void run_seal(struct model *m, struct call *c)
{
	u32 rule = rule_of(c->op);

	// Rarely: otherwise nothing could be loosened.
	if (c->op->map % 16)
		return;
	CHECK(rule_seal(&m->policy.rules, rule) ==
		      (has_rule(m, rule) ? TESSERA_OK : TESSERA_NOT_FOUND),
	      "%u", rule);
	if (has_rule(m, rule))
		m->sealed[rule] = true;
}

static void run_lockdown(struct model *m, struct call *c)
{
	m->policy.lockdown = true;
	run_protect(m, c);
	run_unprotect(m, c);
	run_access_set(m, c);
	run_access_get(m, c);
	m->policy.lockdown = false;
}

static void run_judge(struct model *m, struct call *c)
{
	c->length %= 1024;
	if (c->gpa + c->length <= BIT(ADDR_BITS))
		model_check_judge(m, c->gpa, c->length);
}

// Calls policy_miss as the exit would: for each page that a CPU finds without a path.
static void run_miss(struct model *m, struct call *c)
{
	struct policy *p = &m->policy;
	u64 base = ALIGN_DOWN(c->gpa, SIZE_2M);
	bool hole = c->gpa >= BIT(ADDR_BITS) || model_is_hidden(c->gpa);

	c->length = 1;
	if (!p->hardware || hole) {
		CHECK(!policy_miss(p, c->gpa, false), "%llx", (ull)c->gpa);
		return;
	}
	sppt_drop(&p->sppt, base);
	u32 fail = m->pool->fail_after;
	for (u64 page = base; page < base + SIZE_2M; page += PAGE_SIZE) {
		if (model_store(m, page) != REF_SPP_MISS)
			continue;
		m->pool->fail_after = fail;
		CHECK(policy_miss(p, page + 77, false), "%llx", (ull)page);
		CHECK(model_store(m, page) == REF_OK || model_store(m, page) == REF_VIOLATION,
		      "%llx", (ull)page);
	}
}

static void run_misconfig(struct model *m, struct call *c)
{
	struct policy *p = &m->policy;
	u32 level = 1 + c->op->map % 4;
	u32 bit = c->op->map / 4 % 64;

	c->gpa %= BIT(ADDR_BITS);
	c->length = 1;
	if (!p->hardware || model_is_hidden(c->gpa) || !sppt_walk(&p->sppt, c->gpa, NULL))
		return;
	u64 *table = p->sppt.root;
	for (u32 at = 4; at > level; at--)
		table = pool_va(m->pool, table[table_index(c->gpa, at)] & EPT_ADDR_MASK);
	u64 *slot = &table[table_index(c->gpa, level)];
	if (level == 1 ? bit % 2 == 0 : bit == 0 || (bit > 11 && bit < ADDR_BITS))
		return; // not a reserved bit
	CHECK(!sppt_malformed(&p->sppt, c->gpa, ADDR_BITS), "%llx", (ull)c->gpa);
	*slot ^= BIT(bit);
	CHECK(sppt_malformed(&p->sppt, c->gpa, ADDR_BITS), "%llx", (ull)c->gpa);
	CHECK(ref_sppt(m->pool, p->sppt.root, ADDR_BITS, c->gpa) == REF_SPP_MISCONFIG, "ref");
	m->pool->fail_after = 0;
	CHECK(policy_miss(p, c->gpa, true), "%llx", (ull)c->gpa);
	CHECK(!sppt_malformed(&p->sppt, c->gpa, ADDR_BITS), "%llx", (ull)c->gpa);
}

static void run_retype(struct model *m, struct call *c)
{
	struct mtrr_state types = model_types(c->op->map % 4);

	m->pool->fail_after = 0;
	m->types = c->op->map % 4;
	ept_retype(&m->ept, &types);
	if (c->op->map & 4) // not needed, and harmless
		CHECK(!policy_sync(&m->policy, 0, BIT(ADDR_BITS)), "sync");
}

static void run_reap(struct model *m, struct call *c)
{
	(void)c;
	policy_reap(&m->policy);
}

static void (*const runs[MODEL_KINDS])(struct model *, struct call *) = {
	[MODEL_PROTECT] = run_protect,
	[MODEL_PROTECT_PAGES] = run_protect,
	[MODEL_PROTECT_LARGE] = run_protect,
	[MODEL_PROTECT_HUGE] = run_protect,
	[MODEL_UNPROTECT] = run_unprotect,
	[MODEL_UNPROTECT_ANY] = run_unprotect,
	[MODEL_BATCH] = run_batch,
	[MODEL_ACCESS_SET] = run_access_set,
	[MODEL_ACCESS_SAME] = run_access_set,
	[MODEL_ACCESS_GET] = run_access_get,
	[MODEL_RULE_CREATE] = run_rule_create,
	[MODEL_RULE_DELETE] = run_rule_delete,
	[MODEL_SEAL] = run_seal,
	[MODEL_LOCKDOWN] = run_lockdown,
	[MODEL_JUDGE] = run_judge,
	[MODEL_MISS] = run_miss,
	[MODEL_MISCONFIG] = run_misconfig,
	[MODEL_RETYPE] = run_retype,
	[MODEL_REAP] = run_reap,
};

// Offsets crowd around the borders of tiles, pages and tables; lengths have all magnitudes.
static void fold_range(struct call *c)
{
	static const u64 grain[MODEL_KINDS] = { [MODEL_PROTECT_PAGES] = PAGE_SIZE,
						[MODEL_PROTECT_LARGE] = SIZE_2M,
						[MODEL_PROTECT_HUGE] = SIZE_1G };
	static const u64 borders[] = { 1, 128, PAGE_SIZE, SIZE_2M };
	const struct arena *a = &model_arenas[c->op->arena % MODEL_ARENAS];
	u64 border = borders[c->op->arena / MODEL_ARENAS % ARRAY_SIZE(borders)];
	u64 size = a->end - a->start;
	u64 align = grain[c->op->kind % MODEL_KINDS];
	u64 offset = c->op->offset % size;
	u64 bits = c->op->length % 23;

	c->gpa = a->start + ALIGN_DOWN(offset, border) + (c->op->offset >> 24) % 3 - 1;
	c->length = c->op->length >> 5 & (BIT(bits) - 1);
	if (align) {
		c->gpa = ALIGN_DOWN(c->gpa, align);
		c->length = (1 + c->op->length % 3) * align;
	}
}

void model_run(struct model *m, const struct model_op *op)
{
	struct call c = { .op = op };
	struct sample before, around;
	u32 free_before;

	fold_range(&c);
	take_sample(m, &before, c.gpa, MAX(c.length, 1ULL));
	policy_reap(&m->policy);
	free_before = m->pool->free_pages;
	m->policy.shootdown_owed = false;
	m->pool->fail_after = op->fail % 16;
	u32 regions = m->regions;
	runs[op->kind % MODEL_KINDS](m, &c);
	m->pool->fail_after = 0;
	m->operations++;
	if (op->kind % MODEL_KINDS != MODEL_RETYPE)
		check_sample(m, &before, m->policy.shootdown_owed);
	take_sample(m, &around, c.gpa, MAX(c.length, 1ULL)); // unprotect chose another range
	check_sample(m, &around, true);
	if (op->fail % 16 && regions == m->regions && op->kind % MODEL_KINDS < MODEL_BATCH) {
		policy_reap(&m->policy);
		CHECK(m->pool->free_pages == free_before || m->policy.starved,
		      "a call that failed kept %d pages", (int)(free_before - m->pool->free_pages));
	}
}
