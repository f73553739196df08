// SPDX-License-Identifier: MIT
// The calls that change the policy. Each one checks, prepares what may fail, then commits.
#include "spp/policy.h"
#include "hv/string.h"
#include "spp/derive.h"

int policy_init(struct policy *p, struct pool *pool, struct ept *ept, bool hardware)
{
	memset(p, 0, sizeof(*p));
	p->pool = pool;
	p->ept = ept;
	p->hardware = hardware;
	region_set_init(&p->regions, pool);
	access_init(&p->access, pool);
	if (rule_table_init(&p->rules, pool))
		return TESSERA_NO_MEMORY;
	if (hardware && sppt_create(&p->sppt, pool)) {
		rule_table_destroy(&p->rules);
		return TESSERA_NO_MEMORY;
	}
	return TESSERA_OK;
}

void policy_destroy(struct policy *p)
{
	if (p->hardware)
		sppt_destroy(&p->sppt);
	access_destroy(&p->access);
	region_set_destroy(&p->regions);
	rule_table_destroy(&p->rules);
}

static int check_range(const struct policy *p, u64 gpa, u64 length)
{
	const struct ept *e = p->ept;
	u64 end = gpa + length;

	if (!length || end < gpa)
		return TESSERA_BAD_ARGUMENT;
	if (end > BIT(e->addr_bits) || (gpa < e->hidden_end && end > e->hidden_start))
		return TESSERA_BAD_ADDRESS;
	return TESSERA_OK;
}

int policy_protect(struct policy *p, u32 rule, u64 gpa, u64 length)
{
	struct rule *r = rule_get(&p->rules, rule);
	int rc = p->lockdown ? TESSERA_DENIED : r ? check_range(p, gpa, length) : TESSERA_NOT_FOUND;

	if (rc == TESSERA_OK)
		rc = region_insert(&p->regions, gpa, gpa + length, rule);
	if (rc != TESSERA_OK)
		return rc;
	if (apply_prepare(p, gpa, length)) {
		region_remove(&p->regions, gpa, gpa + length, rule);
		apply_settle(p, gpa, length);
		return TESSERA_NO_MEMORY;
	}
	r->regions++;
	apply_commit(p, gpa, length);
	return TESSERA_OK;
}

// The region stays in the tree until the change cannot fail any more: putting it back would need
// memory.
int policy_unprotect(struct policy *p, u32 rule, u64 gpa, u64 length)
{
	struct rule *r = rule_get(&p->rules, rule);
	const struct region *region = region_find(&p->regions, gpa, gpa + length, rule);

	if (p->lockdown)
		return TESSERA_DENIED;
	if (!r || !region)
		return TESSERA_NOT_FOUND;
	if (r->flags & TESSERA_RULE_SEALED)
		return TESSERA_SEALED;
	p->change.leaving = region;
	int rc = apply_prepare(p, gpa, length);
	p->change.leaving = NULL;
	if (rc) {
		apply_settle(p, gpa, length);
		return rc;
	}
	region_remove(&p->regions, gpa, gpa + length, rule);
	r->regions--;
	apply_commit(p, gpa, length);
	return TESSERA_OK;
}

static int check_pages(const struct policy *p, u64 gpa, u32 pages)
{
	if (!pages || pages > TESSERA_ACCESS_MAX || gpa % PAGE_SIZE)
		return TESSERA_BAD_ARGUMENT;
	return check_range(p, gpa, pages * PAGE_SIZE);
}

int policy_access_get(struct policy *p, u64 gpa, u32 pages, u32 *maps)
{
	int rc = check_pages(p, gpa, pages);

	if (rc == TESSERA_OK)
		derive_tiles(p, gpa, pages, maps);
	return rc;
}

static bool opens_a_tile(const struct policy *p, u64 gpa, u32 pages, const u32 *maps)
{
	for (u32 i = 0; i < pages; i++)
		if (maps[i] & ~access_map(&p->access, gpa + i * PAGE_SIZE))
			return true;
	return false;
}

static int prepare_access(struct policy *p, u64 gpa, u32 pages, const u32 *maps)
{
	int rc = access_reserve(&p->access, gpa, pages, maps);

	if (rc == TESSERA_OK) {
		p->change = (struct policy_change){ .gpa = gpa, .pages = pages, .maps = maps };
		rc = apply_prepare(p, gpa, pages * PAGE_SIZE);
		p->change = (struct policy_change){ 0 };
	}
	if (rc) {
		access_trim(&p->access, gpa, pages);
		apply_settle(p, gpa, pages * PAGE_SIZE);
	}
	return rc;
}

int policy_access_set(struct policy *p, u64 gpa, u32 pages, const u32 *maps)
{
	struct rule *r = rule_get(&p->rules, TESSERA_RULE_ACCESS);
	int rc = p->lockdown ? TESSERA_DENIED : check_pages(p, gpa, pages);

	if (rc == TESSERA_OK && (r->flags & TESSERA_RULE_SEALED) &&
	    opens_a_tile(p, gpa, pages, maps))
		rc = TESSERA_SEALED;
	if (rc == TESSERA_OK)
		rc = prepare_access(p, gpa, pages, maps);
	if (rc != TESSERA_OK)
		return rc;
	r->regions -= p->access.pages;
	access_store(&p->access, gpa, pages, maps);
	r->regions += p->access.pages;
	access_trim(&p->access, gpa, pages);
	apply_commit(p, gpa, pages * PAGE_SIZE);
	return TESSERA_OK;
}

void policy_reap(struct policy *p)
{
	ept_reap(p->ept);
	if (p->hardware)
		sppt_reap(&p->sppt);
}

u32 policy_limbo(const struct policy *p)
{
	return p->ept->tables.limbo + p->sppt.tables.limbo;
}
