// SPDX-License-Identifier: MIT
// One guest instruction under the monitor trap flag with each page that it writes replaced by a
// scratch copy that only this CPU sees. Afterwards the bytes that the rules allow are copied
// back. Audit, discard, byte-exact sharing, page walks into protected tables and the software
// engine all use it.
#ifndef VMX_STEP_STEP_H
#define VMX_STEP_STEP_H

#include "ept/view.h"
#include "hv/lib/types.h"
#include "spp/policy.h"

struct cpu;

// Why a page is open in the step.
enum step_kind {
	STEP_WRITE,  // a guest store: commit what the rules allow
	STEP_WALK,   // the CPU's A/D update in a page table: commit accessed and dirty bits
	STEP_APIC,   // the local APIC's page: what was written goes to vmx/exit/icr_trap.c
	STEP_DEVICE, // a device's page without rules: no copy, the page itself is open
	STEP_HIDDEN, // the hidden block: reads return zeros, writes are dropped
};

// The verdict on the changed bytes of one word: which bytes may be kept (0xff each), and the
// strictest verdict.
struct word_verdict {
	u64 keep;
	struct verdict worst;
};

struct step_page {
	u64 gpa;   // of the page
	u64 first; // exact GPA that faulted first
	u64 gva;
	u8 *before;   // what the page held when it was opened
	u8 *scratch;  // what the guest sees and writes
	u32 from, to; // where in the page they may differ: borders of words
	u8 kind;      // enum step_kind
	bool allowed; // no rule covers any of the bytes between `from` and `to`
};

#define STEP_KEPT        13
#define STEP_REPEATS_MAX 8 // of an instruction that need not run again

struct step {
	u64 rip;        // of the stepped instruction
	u32 event;      // entry interruption information: the event whose delivery is stepped, or 0
	bool overtaken; // the map changed after the last check before VM entry (vmx/exit/nmi.c)
	bool passed;    // the operator let it through rules that freeze
	bool part;      // the instruction stopped in the middle (step_commit_part)
	bool wrote;     // the commit has changed guest memory
	u8 denied;      // the verdict of step_commit: enum tessera_action
	u8 hold;        // enum hold: what keeps interrupts from the guest
	u32 generation; // policy_generation from before the first page was found closed
	u32 repeats;    // commits in a row that failed because another CPU wrote
	u64 judged;     // the word that the commit judged last: its gpa + 1
	struct word_verdict word_verdict;
	u64 count;           // steps finished
	u64 abandoned;       // steps given up and retried
	u64 gpr[16];         // to undo the instruction
	u64 kept[STEP_KEPT]; // the same, of the VMCS (vmx/step/writeback.c says which fields)
	u32 pages;
	struct step_page page[VIEW_PAGES];
	struct view view;
};

_Static_assert(sizeof(struct step) <= PAGE_SIZE, "a CPU's step has a page of its own");

#endif
