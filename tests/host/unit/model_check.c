// SPDX-License-Identifier: MIT
#include "ept/entry.h"
#include "tests/host/unit/model_internal.h"

// ---- What the rules say, byte by byte ----

static u32 naive_map(const struct model *m, u64 gpa)
{
	for (u32 i = 0; i < MODEL_ARENAS; i++)
		if (gpa >= model_arenas[i].start && gpa < model_arenas[i].end)
			return m->maps[i][(gpa - model_arenas[i].start) / PAGE_SIZE];
	return ~0U;
}

u32 model_tiles(const struct model *m, u64 page)
{
	u32 tiles = naive_map(m, page);

	for (u32 i = 0; i < m->regions; i++)
		for (u32 t = 0; t < 32; t++)
			if (m->region[i].start < page + 128 * (t + 1) &&
			    m->region[i].end > page + 128 * t)
				tiles &= ~(1U << t);
	return tiles;
}

// The strictest rule of one byte; of rules as strict, the one with the lowest number.
static u8 naive_byte(const struct model *m, u64 gpa, u32 *rule)
{
	u8 action = TESSERA_ACTION_ALLOW;

	if (!(naive_map(m, gpa) >> (gpa / 128 % 32) & 1)) {
		action = m->action[TESSERA_RULE_ACCESS];
		*rule = TESSERA_RULE_ACCESS;
	}
	for (u32 i = 0; i < m->regions; i++) {
		const struct model_region *r = &m->region[i];
		u8 a = m->action[r->rule];

		if (gpa < r->start || gpa >= r->end)
			continue;
		if (a > action || (a == action && r->rule < *rule)) {
			action = a;
			*rule = r->rule;
		}
	}
	return action;
}

void model_check_judge(const struct model *m, u64 gpa, u64 length)
{
	struct verdict v = policy_judge(&m->policy, gpa, length);
	struct verdict naive = { .action = TESSERA_ACTION_ALLOW };

	for (u64 at = gpa; at < gpa + length; at++) {
		u32 rule = 0;
		u8 action = naive_byte(m, at, &rule);

		if (action > naive.action)
			naive = (struct verdict){ .action = action, .rule = rule, .gpa = at };
	}
	CHECK(v.action == naive.action, "%llx+%llx: %u, not %u", (ull)gpa, (ull)length, v.action,
	      naive.action);
	CHECK(v.rule == naive.rule, "%llx+%llx: rule %u, not %u", (ull)gpa, (ull)length, v.rule,
	      naive.rule);
	CHECK(v.gpa == naive.gpa, "%llx+%llx: at %llx, not %llx", (ull)gpa, (ull)length, (ull)v.gpa,
	      (ull)naive.gpa);
}

// ---- What the tables say, read as a CPU does ----

enum ref_outcome model_store(const struct model *m, u64 gpa)
{
	return ref_store(m->pool, m->ept.root, m->policy.sppt.root, ADDR_BITS, gpa);
}

u32 model_reference(const struct model *m, u64 page)
{
	u32 tiles = 0;

	for (u32 t = 0; t < 32; t++) {
		enum ref_outcome o = model_store(m, page + 128 * t);

		CHECK(o == REF_OK || o == REF_VIOLATION, "%llx: %d", (ull)page, o);
		tiles |= (u32)(o == REF_OK) << t;
	}
	return tiles;
}

bool model_is_hidden(u64 gpa)
{
	return gpa >= HIDDEN_START && gpa < HIDDEN_END;
}

void model_check_page(const struct model *m, u64 page)
{
	u32 tiles = model_tiles(m, page), expected = tiles;
	struct ref_walk w = ref_ept(m->pool, m->ept.root, ADDR_BITS, page);

	CHECK(policy_tiles(&m->policy, page + 5) == tiles, "%llx: %x, not %x", (ull)page,
	      policy_tiles(&m->policy, page), tiles);
	CHECK(policy_in_force(&m->policy, page + 9), "%llx %x", (ull)page, tiles);
	if (model_is_hidden(page)) {
		CHECK(w.outcome == REF_VIOLATION && !w.rights, "%llx is open", (ull)page);
		return;
	}
	CHECK(w.outcome == REF_OK && w.hpa == page && w.no_ve && (w.rights & 5) == 5, "%llx",
	      (ull)page);
	CHECK(w.type == mtrr_type(&m->ept.types, page), "%llx: type %u", (ull)page, w.type);
	// Mixed pages are software's where there is no SPP, or was no memory for it.
	if (tiles != ~0U && !w.spp)
		expected = 0;
	u32 admitted = model_reference(m, page);
	CHECK(admitted == expected, "%llx: %x, not %x", (ull)page, admitted, expected);
	CHECK(m->policy.starved || !m->policy.hardware || admitted == tiles, "%llx: %x, not %x",
	      (ull)page, admitted, tiles);
	for (u32 tile = 0; tile < 32; tile++)
		CHECK(policy_admits(&m->policy, page + tile * 128 + 127 * (tile & 1)) ==
			      (admitted >> tile & 1),
		      "%llx %x", (ull)page, admitted);
}

// ---- The same tables, built anew ----

static void same_tables(const struct model *a, const struct model *b, const u64 *x, const u64 *y,
			u32 level, bool sppt)
{
	u64 present = sppt ? SPPT_VALID : EPT_RWX;

	for (u32 i = 0; i < TABLE_ENTRIES; i++) {
		bool leaf = level == 1 || (!sppt && (x[i] & EPT_LARGE));
		bool leaf_too = level == 1 || (!sppt && (y[i] & EPT_LARGE));

		if (leaf || leaf_too || !(x[i] & present) || !(y[i] & present))
			CHECK(x[i] == y[i], "%s level %u entry %u: %llx, anew %llx",
			      sppt ? "SPPT" : "EPT", level, i, (ull)x[i], (ull)y[i]);
		else
			same_tables(a, b, pool_va(a->pool, x[i] & EPT_ADDR_MASK),
				    pool_va(b->pool, y[i] & EPT_ADDR_MASK), level - 1, sppt);
	}
}

static void replay(const struct model *m, struct model *anew)
{
	struct policy *p = &anew->policy;
	struct mtrr_state types = model_types(m->types);

	ept_retype(&anew->ept, &types);
	for (u32 i = 0; i < m->regions; i++) {
		const struct model_region *r = &m->region[i];
		int rc = policy_protect(p, r->rule % 2, r->start, r->end - r->start);

		CHECK(rc == TESSERA_OK || rc == TESSERA_EXISTS, "region %u: %d", i, rc);
	}
	for (u32 i = 0; i < MODEL_ARENAS; i++)
		for (u64 at = model_arenas[i].start; at < model_arenas[i].end; at += PAGE_SIZE) {
			u32 *map = &m->maps[i][(at - model_arenas[i].start) / PAGE_SIZE];

			if (*map != ~0U)
				CHECK(!policy_access_set(p, at, 1, map), "%llx", (ull)at);
		}
	policy_reap(p);
}

static void check_anew(struct model *m)
{
	struct model *anew = model_new(m->policy.hardware, m->pool->size / PAGE_SIZE);

	replay(m, anew);
	policy_reap(&m->policy);
	CHECK(!policy_limbo(&m->policy), "limbo");
	same_tables(m, anew, m->ept.root, anew->ept.root, 4, false);
	if (m->policy.hardware)
		same_tables(m, anew, m->policy.sppt.root, anew->policy.sppt.root, 4, true);
	// Rule numbers are folded to replay them, so that two regions may have become one.
	if (anew->policy.regions.count == m->regions)
		CHECK(m->pool->free_pages == anew->pool->free_pages, "%u pages free, anew %u",
		      m->pool->free_pages, anew->pool->free_pages);
	model_delete(anew);
}

void model_check(struct model *m)
{
	struct policy *p = &m->policy;

	CHECK(p->regions.count == m->regions, "%u", p->regions.count);
	for (u32 i = 0; i < MODEL_ARENAS; i++)
		for (u64 at = model_arenas[i].start; at < model_arenas[i].end; at += PAGE_SIZE)
			model_check_page(m, at);
	if (p->starved) // bring back into hardware what a miss left to software
		for (u32 i = 0; i < MODEL_ARENAS; i++)
			CHECK(!policy_sync(p, model_arenas[i].start,
					   model_arenas[i].end - model_arenas[i].start),
			      "sync");
	check_anew(m);
}
