// SPDX-License-Identifier: MIT
// A step view: a private root over a shared EPT in which a few 4 KiB pages are replaced for one
// instruction on one CPU. Everything else can be read and executed as in the shared map, but
// not written: a write to another page exits. No other CPU ever sees an
// open page. Pure; the caller does INVEPT and runs the instruction, with SPP off, which would let
// stores to open tiles through.
#ifndef EPT_VIEW_H
#define EPT_VIEW_H

#include "ept/ept.h"

// Pages one instruction may need open at once. No sensible instruction needs more.
#define VIEW_PAGES 16

struct view_page {
	u64 gpa; // 4 KiB aligned
	u64 *slot;
	u64 original;
};

struct view {
	struct ept *ept;
	u64 *root;      // the view's EPTP points here
	u64 generation; // of ept, when the private tables were copied
	u32 pages;      // replaced now
	struct view_page page[VIEW_PAGES];
	u32 tables;                 // private tables in use below the root
	u64 *table[3 * VIEW_PAGES]; // the stock of private tables, allocated on first use, kept
	u64 origin[3 * VIEW_PAGES]; // what each copies: GPA of its first byte | level
};

// Makes an empty view of e: one private root. NO_MEMORY.
int view_create(struct view *v, struct ept *e);

// Gives all private tables back to the pool.
void view_destroy(struct view *v);

// Replaces the page at gpa by `entry` (a complete 4 KiB EPT entry). Copies the parts of the
// path that it needs; private tables whose originals have not changed since (ept->generation) are
// used again as they are. A page that is open already gets the new entry. NO_MEMORY, LIMIT
// (VIEW_PAGES are open), BAD_ADDRESS (beyond the map; a page of the hidden block may be filled with
// something harmless). After a shootdown the view must be closed, or opened anew, before the CPU
// enters the guest. Caller holds the policy lock, and does INVEPT for the view's EPTP afterwards.
int view_open(struct view *v, u64 gpa, u64 entry);

// Closes every replaced page. Needs no memory and cannot fail. The caller does INVEPT for the
// view's EPTP before the view is used again.
void view_close(struct view *v);

#endif
