// SPDX-License-Identifier: MIT
// Guest-physical maps: one 4-level EPT that identity-maps the machine. Pure: no privileged
// instruction, memory from a pool that is handed in. Manual: "The Extended Page Table Mechanism".
#ifndef EPT_EPT_H
#define EPT_EPT_H

#include "ept/mtrr.h"
#include "ept/table_pool.h"
#include "hv/lib/pool.h"
#include "hv/lib/types.h"

#define EPT_R          BIT(0)
#define EPT_W          BIT(1)
#define EPT_X          BIT(2)
#define EPT_RWX        (EPT_R | EPT_W | EPT_X)
#define EPT_TYPE_SHIFT 3
#define EPT_TYPE_MASK  (7ULL << EPT_TYPE_SHIFT)
#define EPT_LARGE      BIT(7)
#define EPT_SPP        BIT(61) // 4 KiB leaf: ask the SPPT about writes
#define EPT_NO_VE      BIT(63) // suppress #VE: the hypervisor sees violations first
#define EPT_ADDR_MASK  0x000ffffffffff000ULL

// A 4-level walk reaches 48 bits, whatever MAXPHYADDR says.
#define EPT_MAX_ADDR_BITS 48

struct ept {
	struct pool *pool;
	struct tables tables; // in use, the root included, and in limbo
	u64 *root;            // level-4 table
	u8 addr_bits;         // MIN(MAXPHYADDR, 48)
	u8 max_leaf_level;    // 3 = 1 GiB pages, 2 = 2 MiB pages, 1 = 4 KiB only
	u64 generation;       // grows with every changed entry; step views compare it
	struct mtrr_state types;
	u64 hidden_start; // [hidden_start, hidden_end) is never present: the hypervisor's own block
	u64 hidden_end;
};

// One leaf as ept_lookup sees it. level 0 = nothing is mapped there.
struct ept_leaf {
	u64 entry;
	u64 gpa;  // first byte that the leaf maps
	u64 size; // bytes: 4 KiB, 2 MiB or 1 GiB (for level 0: the size of the hole's entry)
	u8 level;
	u64 *slot; // the entry itself
};

// Builds the identity map of [0, 2^addr_bits): RWX, the largest pages whose memory type is uniform,
// types from `types`, [hidden_start, hidden_end) left out. NO_MEMORY if the pool is empty; then the
// tables built so far are freed. Before the launch, one CPU.
int ept_create(struct ept *e, struct pool *pool, u8 addr_bits, u8 max_leaf_level,
	       const struct mtrr_state *types, u64 hidden_start, u64 hidden_end);

// Frees every table, limbo included. Only when no CPU uses the map.
void ept_destroy(struct ept *e);

// Finds the leaf (or hole) that translates gpa. The caller holds the policy's lock: a shootdown
// does not wait for CPUs in root mode, so another CPU could free the tables during the walk.
struct ept_leaf ept_lookup(const struct ept *e, u64 gpa);

// Splits larger leaves, so that leaves of at most `level` (1 or 2) map every page of
// [gpa, gpa + size). The meaning stays the same: rights, types and SPP bits are inherited, each
// split is filled first and published by one store. NO_MEMORY leaves a correct map (some splits may
// remain). Caller holds the policy lock.
int ept_split(struct ept *e, u64 gpa, u64 size, u8 level);

// Sets the write rights (EPT_W, or EPT_SPP, or 0) of every leaf in [gpa, gpa + size). The range
// must start and end on leaf borders (split first). Returns true if any leaf got stricter, so the
// caller owes a shootdown. One aligned store a leaf. Caller holds the policy lock.
bool ept_set_write(struct ept *e, u64 gpa, u64 size, u64 write_bits);

// Merges the leaves around gpa into 2 MiB and then 1 GiB if all 512 are equal and contiguous.
// Replaced tables go to limbo. Returns true if anything was merged. Caller holds the
// policy lock.
bool ept_merge(struct ept *e, u64 gpa);

// Frees the tables in limbo. Only after every CPU invalidated since they were unlinked.
void ept_reap(struct ept *e);

// Follows a change of the MTRRs: gives each leaf its type under `types`, splitting where one leaf
// now has several. Without memory for a split the whole leaf becomes UC, the type that is always
// safe. Rights and SPP bits stay. The caller owes a shootdown. Caller holds the policy lock.
void ept_retype(struct ept *e, const struct mtrr_state *types);

#endif
