// SPDX-License-Identifier: MIT
// Manual: "Monitor Trap Flag". During a step its CPU runs on a private view, in which only scratch
// copies of the pages that the instruction writes are writable. step_commit copies back what the
// rules allow at that moment; other CPUs see nothing before. The pages' locks, held from the
// opening to the commit, make the whole instruction atomic with respect to all other stores that
// are stepped.
#include "vmx/step/open.h"

#include "hv/core/guest_memory.h"
#include "hv/core/vcpu.h"
#include "hv/core/verdict.h"
#include "hv/core/vm.h"
#include "hv/core/work.h"
#include "hv/lib/string.h"
#include "hv/x86/insn.h"
#include "vmx/exit/icr_trap.h"
#include "vmx/step/hold.h"
#include "vmx/step/writeback.h"
#include "vmx/vmcs/controls.h"
#include "vmx/vmcs/guest.h"
#include "vmx/vmcs/setup.h"

#define STEP_PAGES_AT_START 3
#define BACK_OFF            64 // pauses, multiplied by a number that differs between CPUs

static bool allocate_page(struct step_page *p)
{
	if (!p->before)
		p->before = pool_alloc(&pool);
	if (!p->scratch)
		p->scratch = pool_alloc(&pool);
	return p->before && p->scratch;
}

int step_create(struct cpu *c)
{
	struct step *s = pool_alloc(c->vm->pool);
	int error;

	if (!s)
		return TESSERA_NO_MEMORY;
	c->step = s;
	error = view_create(&s->view, &c->vm->ept);

	for (u32 i = 0; i < STEP_PAGES_AT_START && !error; i++)
		error = allocate_page(&s->page[i]) ? TESSERA_OK : TESSERA_NO_MEMORY;

	// Opening a page allocates private tables, which the view keeps.
	for (u32 i = 0; i < STEP_PAGES_AT_START && !error; i++)
		error = view_open(&s->view, i * SIZE_1G, 0);
	view_close(&s->view);
	return error;
}

static void place_page(struct step_page *p, enum step_kind kind, u64 gpa, u64 gva)
{
	p->gpa = gpa & PAGE_MASK;
	p->first = gpa;
	p->gva = gva;
	p->kind = kind;
	p->from = 0;
	p->to = PAGE_SIZE;
}

static u32 *page_lock(struct vm *vm, u64 gpa)
{
	return &vm->step_lock[(gpa >> PAGE_SHIFT) % STEP_LOCKS];
}

// A lock word holds the number of the CPU + 1, since a CPU may need two pages that share a lock.
static bool lock_page(struct cpu *c, u64 gpa)
{
	u32 free = 0, *lock = page_lock(c->vm, gpa);

	return __atomic_compare_exchange_n(lock, &free, c->number + 1, false, __ATOMIC_ACQUIRE,
					   __ATOMIC_RELAXED) ||
	       free == c->number + 1;
}

static void unlock_pages(struct cpu *c)
{
	for (u32 i = 0; i < c->step->pages; i++) {
		u32 *lock = page_lock(c->vm, c->step->page[i].gpa);

		if (*lock == c->number + 1)
			__atomic_store_n(lock, 0, __ATOMIC_RELEASE);
	}
}

static void set_monitor_trap(bool on)
{
	u64 primary = vmread(PRIMARY_CONTROLS);

	vmwrite(PRIMARY_CONTROLS,
		on ? primary | PRIMARY_MONITOR_TRAP : primary & ~(u64)PRIMARY_MONITOR_TRAP);
}

// With SPP on, stores to open tiles would pass regardless of the view.
static void set_view(struct cpu *c, bool on)
{
	vmwrite(EPT_POINTER, vmx_eptp(c->vm, on ? c->step->view.root : c->vm->ept.root));
	set_monitor_trap(on);
	if (c->vm->policy.hardware) {
		u64 secondary = vmread(SECONDARY_CONTROLS);

		vmwrite(SECONDARY_CONTROLS,
			on ? secondary & ~(u64)SECONDARY_SPP : secondary | SECONDARY_SPP);
	}
}

// The hold lasts for all entries of a step.
static void hold_step_interrupts(struct step *s, bool may_exit)
{
	if (!s->hold)
		s->hold = hold_interrupts(may_exit);
}

static void release_pages(struct step *s)
{
	hold_end(s->hold);
	s->hold = HOLD_NONE;
}

// The event that the next VM entry delivers, or 0.
static u32 step_event(void)
{
	u32 event = vmread(ENTRY_INTERRUPTION_INFO);

	return event & EVENT_VALID ? event : 0;
}

static void begin_step(struct cpu *c, u32 generation)
{
	struct step *s = c->step;

	c->in_step = true;
	s->overtaken = false;
	s->pages = 0;
	s->rip = vmread(GUEST_RIP);
	s->event = step_event();
	s->generation = generation;
	step_keep(c);
	s->passed = verdict_has_pass(c, s->rip);
}

static void end_step(struct cpu *c)
{
	struct step *s = c->step;

	view_close(&s->view);
	unlock_pages(c);
	c->in_step = false;
	s->pages = 0;
	work_drop(c, WORK_STEP);
	set_view(c, false);
}

__attribute__((noinline)) void step_abandon(struct cpu *c)
{
	release_pages(c->step);
	end_step(c);
	c->step->abandoned++;
}

// The instruction stopped in the middle and will run again, from where it stopped if its registers
// record that (REP). What it has stored so far must be kept.
static void put_off(struct cpu *c)
{
	step_commit_part(c);
	step_abandon(c);
}

// A device must see each access once and unchanged, so its page is opened itself, not a copy.
static bool fill_page(struct cpu *c, struct step_page *p)
{
	const void *guest;

	if (p->kind == STEP_HIDDEN) {
		memset(p->before, 0, PAGE_SIZE);
		memset(p->scratch, 0, PAGE_SIZE);
		return true;
	}
	if (p->kind == STEP_APIC) {
		*(u32 *)(p->scratch + (p->first % PAGE_SIZE & ~3U)) = icr_trap_apic_read(p->first);
		return true;
	}
	guest = window_map(c, WINDOW_STEP, p->gpa);
	if (!guest) {
		p->kind = STEP_DEVICE;
		return true;
	}
	memcpy(p->before, guest, PAGE_SIZE);
	memcpy(p->scratch, p->before, PAGE_SIZE);
	return true;
}

#define OPEN_ENTRY (EPT_RWX | EPT_NO_VE)

static int open_in_view(struct cpu *c, const struct step_page *p)
{
	u64 entry = pool_pa(&pool, p->scratch) | OPEN_ENTRY | (u64)MT_WB << EPT_TYPE_SHIFT;
	int error = TESSERA_OK;

	lock_take(&c->vm->policy.lock);
	if (p->kind == STEP_DEVICE) {
		u64 shared = ept_lookup(&c->vm->ept, p->gpa).entry;

		// Under rules the access would happen before it could be judged.
		error = shared & EPT_W ? TESSERA_OK : TESSERA_PROTECTED;
		entry = p->gpa | OPEN_ENTRY | (shared & EPT_TYPE_MASK);
	}
	if (!error)
		error = view_open(&c->step->view, p->gpa, entry);
	lock_drop(&c->vm->policy.lock);
	return error;
}

// Two CPUs that each hold the page that the other needs could give up and retry in lockstep
// forever. Each waits a different time, so that one of them finishes.
static void back_off(const struct cpu *c)
{
	for (u64 i = 0; i < BACK_OFF * (c->number + 1) * (1 + c->step->abandoned % 8); i++)
		pause();
}

bool step_open(struct cpu *c, enum step_kind kind, u64 gpa, u64 gva, u32 generation)
{
	struct step *s = c->step;
	struct step_page *p;

	if (!c->in_step)
		begin_step(c, generation);
	if (s->pages == VIEW_PAGES || !lock_page(c, gpa)) {
		put_off(c);
		back_off(c);
		return true;
	}
	p = &s->page[s->pages++];
	place_page(p, kind, gpa, gva);
	if (!allocate_page(p) || !fill_page(c, p) || open_in_view(c, p) != TESSERA_OK) {
		step_abandon(c);
		return false;
	}
	work_add(c, WORK_STEP);
	return true;
}

void step_pause(struct cpu *c, u32 reason)
{
	bool ours = reason == REASON_MONITOR_TRAP || reason == REASON_EPT_VIOLATION ||
		    reason == REASON_SPP;

	if (!ours || c->step->overtaken)
		put_off(c);
	else
		work_add(c, WORK_STEP); // if the step continues, step_resume checks it
}

void step_check_event(struct cpu *c)
{
	if (c->in_step && c->step->event != step_event())
		put_off(c);
}

void step_resume(struct cpu *c)
{
	work_drop(c, WORK_STEP);
	if (!c->in_step)
		return;
	// The view is a copy. If the original has changed, the instruction runs again.
	if (c->step->view.generation != c->vm->ept.generation) {
		put_off(c);
		return;
	}
	hold_step_interrupts(c->step, true);
	invept(INVALIDATE_SINGLE, vmx_eptp(c->vm, c->step->view.root));
	set_view(c, true);
}

void step_once(struct cpu *c, u32 work)
{
	c->after_instruction |= work;
	set_monitor_trap(true);
}

void vcpu_single_begin(struct cpu *c)
{
	hold_step_interrupts(c->step, false);
	set_monitor_trap(true);
}

void vcpu_single_end(struct cpu *c)
{
	release_pages(c->step);
	set_monitor_trap(false);
}

// Denies the step: the guest stays before the instruction, or gets its fault.
static void refuse_step(struct cpu *c)
{
	if (c->step->denied == TESSERA_ACTION_FREEZE)
		verdict_stop(c, c->step->rip);
	else
		guest_inject_gp_during(c, c->step->event);
}

// Only a step enables this exit (HOLD_BY_EXIT), and the step has ended by now: its instruction has
// not run. The guest takes the interrupt first and then runs the instruction again.
void exit_external_interrupt(struct cpu *c, struct regs *regs)
{
	(void)c;
	(void)regs;
}

void exit_monitor_trap(struct cpu *c, struct regs *regs)
{
	(void)regs;
	hold_used(c->step->hold);
	c->step->hold = HOLD_NONE;
	work_add(c, c->after_instruction);
	c->after_instruction = 0;
	if (!c->in_step) { // step_once, step_single, or a step given up on the way here
		set_monitor_trap(false);
		return;
	}
	enum step_result result = step_commit(c, NULL);

	if (result != STEP_DONE)
		step_take_back(c);
	if (result == STEP_DENIED)
		refuse_step(c);
	if (result == STEP_AGAIN)
		c->step->abandoned++;
	else
		c->step->count++;
	end_step(c);
}

bool step_store(struct cpu *c, u64 gpa, u64 gva, u64 value, u32 size)
{
	struct step *s = c->step;
	enum step_result result;

	if (!lock_page(c, gpa)) {
		back_off(c);
		return false;
	}
	place_page(&s->page[0], STEP_WRITE, gpa, gva);
	s->rip = vmread(GUEST_RIP);
	s->event = 0;
	s->passed = verdict_has_pass(c, s->rip);
	s->pages = 1;
	result = step_commit(c, &(struct step_store){ value, size });
	if (result == STEP_DENIED)
		refuse_step(c);
	unlock_pages(c);
	s->pages = 0;
	s->count++;
	return result == STEP_DONE;
}

void vcpu_abandon_step(struct cpu *c)
{
	if (c->in_step)
		step_abandon(c);
}
