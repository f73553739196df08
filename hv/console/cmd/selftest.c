// SPDX-License-Identifier: MIT
// The self-test: every leaf of the map agrees with the rules, the hidden block is not in the map,
// and the pool's list of free pages is intact.
#include "hv/console/commands.h"
#include "hv/console/shell/state.h"

#define LEAVES_A_RUN 64 // under the policy lock

static struct {
	u64 leaves, regions, wrong;
} found;

static void check_page(struct shell *s, const struct policy *p, u64 gpa)
{
	if (policy_in_force(p, gpa))
		return;
	if (found.wrong++ == 0)
		shell_print(s, "0x%lx: the tables do not match the rules: see `spp`\n", gpa);
}

// All pages of a leaf have the same rights. It is therefore enough to compare its first and last
// page, and those of the first region that overlaps it, with the rules.
static void check_leaf(struct shell *s, const struct policy *p, const struct ept_leaf *leaf)
{
	const struct ept *e = p->ept;
	u64 end = leaf->gpa + leaf->size;
	const struct region *r = region_next(&p->regions, leaf->gpa, end, NULL);

	found.leaves++;
	if (leaf->level && leaf->gpa < e->hidden_end && end > e->hidden_start) {
		shell_print(s, "0x%lx: the guest can reach Tessera's own memory\n", leaf->gpa);
		found.wrong++;
	}
	check_page(s, p, leaf->gpa);
	check_page(s, p, end - PAGE_SIZE);
	if (!r)
		return;
	found.regions++;
	check_page(s, p, MAX(r->start, leaf->gpa) & PAGE_MASK);
	check_page(s, p, (MIN(r->end, end) - 1) & PAGE_MASK);
}

static u64 check_map(struct shell *s, u64 at, u64 end)
{
	struct policy *p = &console_vm()->policy;

	lock_take(&p->lock);
	for (u32 i = 0; i < LEAVES_A_RUN && at < end; i++) {
		struct ept_leaf leaf = ept_lookup(p->ept, at);

		check_leaf(s, p, &leaf);
		at = leaf.gpa + leaf.size;
	}
	lock_drop(&p->lock);
	return at;
}

static bool pool_is_whole(struct pool *p)
{
	u64 fresh = (p->size - p->fresh) / PAGE_SIZE;
	u64 listed = 0;
	bool inside = true;

	lock_take(&p->lock);
	for (const u8 *page = p->free_list; page && inside && listed <= p->free_pages;
	     page = *(u8 *const *)page) {
		inside = page >= p->va && page < p->va + p->fresh && (u64)page % PAGE_SIZE == 0;
		if (!inside)
			break;
		listed++;
	}
	inside &= listed + fresh == p->free_pages;
	lock_drop(&p->lock);
	return inside;
}

void command_selftest(struct shell *s, u32 argc, const char **argv)
{
	u64 end = BIT(console_vm()->ept.addr_bits);
	u64 at = shell_position(s);

	(void)argc;
	(void)argv;
	if (at == 0)
		found.leaves = found.regions = found.wrong = 0;
	at = check_map(s, at, end);
	if (at < end) {
		shell_again(s, at);
		return;
	}
	shell_print(s, "map   %lu leaves, %lu of them meet regions, %lu wrong\n", found.leaves,
		    found.regions, found.wrong);
	if (!pool_is_whole(console_vm()->pool)) {
		shell_print(s, "pool  the list of free pages is broken\n");
		found.wrong++;
	} else {
		shell_print(s, "pool  whole, %u pages free\n", console_vm()->pool->free_pages);
	}
	shell_print(s, found.wrong ? "selftest FAILED: please send us this and the log\n"
				   : "selftest passed\n");
}
