// SPDX-License-Identifier: MIT
// The SPP-related events: a path of the SPPT is missing or malformed. Every path is built before an
// EPT entry refers to it, so neither should occur. The path is derived from the rules again.
// Manual: "SPP-Related Events".
#include "spp/policy_internal.h"
#include "tessera/hypercall.h"

int policy_sync(struct policy *p, u64 gpa, u64 size)
{
	if (apply_prepare(p, gpa, size)) {
		apply_tidy(p, gpa, size);
		return TESSERA_NO_MEMORY;
	}
	apply_commit(p, gpa, size);
	apply_tidy(p, gpa, size);
	return TESSERA_OK;
}

// Without memory for the path the page loses SPP: it is closed as a whole, unless no rule covers
// it.
static void do_without(struct policy *p, u64 page)
{
	struct ept_leaf leaf = ept_lookup(p->ept, page);

	p->misses_no_memory++;
	p->starved = true;
	policy_count(p);
	if (leaf.level == 1)
		p->shootdown_owed |= ept_set_write(p->ept, page, PAGE_SIZE,
						   derive_bits(false, policy_tiles(p, page)));
}

bool policy_miss(struct policy *p, u64 gpa, bool misconfigured)
{
	if (!p->hardware || !ept_lookup(p->ept, gpa).level)
		return false;
	if (misconfigured) {
		p->misconfigs++;
		sppt_repair(&p->sppt, gpa, p->ept->addr_bits);
	} else {
		p->misses++;
	}
	if (policy_sync(p, ALIGN_DOWN(gpa, SIZE_2M), SIZE_2M))
		do_without(p, gpa & PAGE_MASK);
	return true;
}
