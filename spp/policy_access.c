// SPDX-License-Identifier: MIT
// Creates and destroys the policy, and changes its access maps: checks, prepares what may fail,
// then commits.
#include "hv/lib/string.h"
#include "spp/policy.h"
#include "spp/policy_internal.h"

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

static int check_pages(const struct policy *p, u64 gpa, u32 pages)
{
	if (!pages || pages > TESSERA_ACCESS_MAX || gpa % PAGE_SIZE)
		return TESSERA_BAD_ARGUMENT;
	return derive_range(p, gpa, pages * PAGE_SIZE);
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
		apply_tidy(p, gpa, pages * PAGE_SIZE);
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
	apply_tidy(p, gpa, pages * PAGE_SIZE);
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
