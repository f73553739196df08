// SPDX-License-Identifier: MIT
// The write-protection policy of one VM: rules, regions and access maps are the only source; tile
// vectors, SPPT leaves and EPT rights are derived from them here, and nowhere else. Pure: no
// privileged instruction; the caller does the shootdowns that these functions request.
#ifndef SPP_POLICY_H
#define SPP_POLICY_H

#include "ept/ept.h"
#include "hv/lib/lock.h"
#include "spp/access_map.h"
#include "spp/region.h"
#include "spp/rule.h"
#include "spp/sppt.h"

// Access maps in preparation: these pages get them at the commit.
struct policy_change {
	u64 gpa;
	u32 pages;
	const u32 *maps;
};

// One region to add or remove.
struct policy_op {
	u64 gpa;
	u64 length;
	u32 rule;
	bool open; // remove it
	u64 tag;   // the caller's
};

struct policy {
	struct lock lock; // every function below needs it, unless it says otherwise
	struct pool *pool;
	struct ept *ept;
	struct sppt sppt; // its root is NULL if `hardware` is false
	struct region_set regions;
	struct rule_table rules;
	struct access_maps access;
	bool hardware; // true: SPP enforces tiles; false: mixed pages are W=0, software judges
	bool lockdown; // no change is accepted
	bool shootdown_owed;  // something tightened: a shootdown must end before the call returns
	bool starved;         // a miss found no memory: some mixed pages may be without SPP
	u64 misses;           // SPPT paths rebuilt by policy_miss
	u64 misconfigs;       // malformed SPPT paths rebuilt
	u64 misses_no_memory; // of the misses: pages left closed and served in software
	struct policy_change change;
	u32 generation;           // see policy_generation
	u32 tiles[TABLE_ENTRIES]; // scratch: the tile vectors of the 2 MiB in work
};

// The verdict on a write to some bytes.
struct verdict {
	u8 action; // enum tessera_action, the strictest of all rules that overlap; ALLOW without
		   // one
	u32 rule;  // the rule with that action
	u64 gpa;   // first byte of the write that this rule covers
	u64 end;   // it covers the write's bytes up to here, perhaps more behind a gap
};

int policy_init(struct policy *p, struct pool *pool, struct ept *ept, bool hardware);
void policy_destroy(struct policy *p);

// Adds a region [gpa, gpa + length) of rule `rule`. All or nothing: NO_MEMORY, EXISTS, NOT_FOUND
// (no such rule), BAD_ARGUMENT (length 0, wraps), BAD_ADDRESS (beyond the map, or meets the hidden
// block), DENIED (lockdown). Splits, SPPT path and leaf come before the EPT bit that makes them
// count. Sets shootdown_owed if a tile closed.
int policy_protect(struct policy *p, u32 rule, u64 gpa, u64 length);

// Removes exactly this region. NOT_FOUND, SEALED, DENIED, and NO_MEMORY if what remains
// needs smaller pages than the region did. Opens the EPT bit before the leaf and merges pages;
// unlinked tables wait in limbo for policy_reap.
int policy_unprotect(struct policy *p, u32 rule, u64 gpa, u64 length);

// Makes all of these changes in this order, or none; then *failed is the index of the first one
// that failed. Errors as above. No byte that is closed before and after is open in between.
int policy_change(struct policy *p, const struct policy_op *ops, u32 count, u32 *failed);

// The 32-bit access maps of `pages` pages from gpa (page-aligned, at most TESSERA_ACCESS_MAX): bit
// i = tile i may be written. `get` returns what is in force, including regions. `set` replaces the
// maps (all or nothing, errors as policy_protect; SEALED when the access rule is sealed and a bit
// would open) and sets shootdown_owed only if a tile closed. They carry TESSERA_RULE_ACCESS. `maps`
// is the hypervisor's own copy: it is read more than once.
int policy_access_get(struct policy *p, u64 gpa, u32 pages, u32 *maps);
int policy_access_set(struct policy *p, u64 gpa, u32 pages, const u32 *maps);

// Judges a write to [gpa, gpa + length) by exact bytes (access maps: by whole tiles). `freeze` is
// what rules that freeze count as: FREEZE, or AUDIT for a write that the operator let through.
struct verdict policy_judge_as(const struct policy *p, u64 gpa, u64 length, u8 freeze);

static inline struct verdict policy_judge(const struct policy *p, u64 gpa, u64 length)
{
	return policy_judge_as(p, gpa, length, TESSERA_ACTION_FREEZE);
}

// The tiles of gpa's page that hardware may let through: those that no rule touches.
u32 policy_tiles(const struct policy *p, u64 gpa);

// The SPP-miss and SPP-misconfiguration exits: rebuilds the path and all 512 leaves of gpa's 2 MiB
// from the rules. Without memory: clears EPT_SPP on the page, so that it stays closed and software
// serves the allowed writes. True when the guest may be resumed and retried.
bool policy_miss(struct policy *p, u64 gpa, bool misconfigured);

// Grows under the lock, together with the tables, whenever a change may have made them admit a
// store that they refused before, by an EPT entry of any size or by an SPPT leaf alone. If a caller
// reads it, then finds a page closed, and later, with the lock held, reads the same value, no
// CPU stored to the page natively in between. Closing and other pages count as well. Any CPU;
// reading needs no lock.
static inline u32 policy_generation(const struct policy *p)
{
	return __atomic_load_n(&p->generation, __ATOMIC_RELAXED);
}

// True if EPT and SPPT of gpa's page agree with the rules. For self-checks.
bool policy_in_force(const struct policy *p, u64 gpa);

// True when EPT and SPPT, as they stand, let a write to the byte at gpa through. A violation
// that they would not raise came from a stale translation: a retry is all it needs. A write that
// the rules allow and that they refuse (a tile shared with a region, the software engine) needs a
// step.
bool policy_admits(const struct policy *p, u64 gpa);

// Derives everything in [gpa, gpa + size) anew from the rules, for a self-check that failed. Not
// needed after ept_retype, which keeps all rights.
// NO_MEMORY: some pages were not brought into force, nothing else changed.
int policy_sync(struct policy *p, u64 gpa, u64 size);

// Frees the tables in the limbos. Only after a shootdown that all CPUs have completed.
void policy_reap(struct policy *p);

// Tables in the limbos. After NO_MEMORY with some of them: do a shootdown, call policy_reap and try
// again.
u32 policy_limbo(const struct policy *p);

#endif
