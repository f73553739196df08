// SPDX-License-Identifier: MIT
#include "vmx/devirt/scrub.h"

#include "hv/core/host.h"
#include "hv/core/vm.h"
#include "hv/lib/string.h"
#include "hv/x86/hostmap.h"

#define KEEP   BIT(9) // in the entry that maps a page of the block; the processor ignores it
#define LEVELS 4

// Copies, since the originals are zeroed.
struct block {
	struct pool pool;
	u64 *root, end;
};

static u64 *entry_of(struct block *b, u64 va)
{
	return hostmap_slot(&b->pool, b->root, va);
}

static void keep(struct block *b, const void *page)
{
	*entry_of(b, (u64)page) |= KEEP;
}

static void keep_tables(struct block *b, u64 *table, u32 level)
{
	keep(b, table);
	for (u32 i = 0; level > 1 && i < TABLE_ENTRIES; i++)
		if (table[i] & PT_PRESENT)
			keep_tables(b, pool_va(&b->pool, table[i] & PT_ADDR), level - 1);
}

static void keep_last_state(struct block *b, const struct cpu *c)
{
	u64 stack = *entry_of(b, c->tss.ist[IST_NMI - 1] - IST_STACK_SIZE);

	keep(b, pool_va(&b->pool, stack & PT_ADDR));
	keep(b, c->devirt.page);
}

void scrub_block(void)
{
	struct block b = { pool, pool_va(&pool, boot->host_cr3), HV_BASE + boot->block_size };

	keep_tables(&b, b.root, LEVELS);
	for (u32 i = 0; i < vm0.cpus; i++)
		if (vm0.cpu[i]->devirt.page)
			keep_last_state(&b, vm0.cpu[i]);
	for (u64 va = HV_BASE; va < b.end; va += PAGE_SIZE)
		if ((*entry_of(&b, va) & (PT_WRITE | KEEP)) == PT_WRITE)
			memset((void *)va, 0, PAGE_SIZE);
}
