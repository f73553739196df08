// SPDX-License-Identifier: MIT
// The last instructions must be mapped where the guest's page tables and ours agree. So a slot of
// the guest's level-4 table that is empty gets our own tables for a moment; behind it are the page
// with the code (vmx/devirt/last.asm), a page with this processor's state, and the guest's level-4
// table itself, through which the very last instruction but one empties the slot again. Manual:
// "Mode of Operation and VMXOFF", "Caching Translation Information".
#include "vmx/devirt/handoff.h"

#include "hv/core/event.h"
#include "hv/core/guest_memory.h"
#include "hv/core/guest_walk.h"
#include "hv/core/log.h"
#include "hv/core/shootdown.h"
#include "hv/core/vcpu.h"
#include "hv/core/vm.h"
#include "hv/core/work.h"
#include "hv/lib/string.h"
#include "hv/x86/apic.h"
#include "hv/x86/control_regs.h"
#include "hv/x86/hostmap.h"
#include "hv/x86/insn.h"
#include "hv/x86/msr.h"
#include "vmx/exit/cr.h"
#include "vmx/step/open.h"
#include "vmx/vmcs/controls.h"
#include "vmx/vmcs/guest.h"
#include "vmx/vmcs/vmcs.h"

#define LEAVE_SECONDS 1    // for all others to gather
#define KICK_AGAIN    2000 // turns of waiting

#define GDT_COPY      512 // bytes; operating systems use less than half of it

// One page, at these offsets for vmx/devirt/last.asm.
struct leave_state {
	u64 gpr[16];
	u64 cr3;
	u64 *slot; // where this processor sees the borrowed slot
	struct descriptor_table gdtr, idtr, copy_gdtr;
	u16 selector[SEG_COUNT];
	u64 fs_base, gs_base;
	u64 frame[5]; // what IRETQ takes: RIP, CS, RFLAGS, RSP, SS; pushes go below, over gs_base
	u8 gdt[GDT_COPY];
};

_Static_assert(offsetof(struct leave_state, cr3) == 128 &&
		       offsetof(struct leave_state, slot) == 136 &&
		       offsetof(struct leave_state, gdtr) == 144 &&
		       offsetof(struct leave_state, idtr) == 154 &&
		       offsetof(struct leave_state, copy_gdtr) == 164 &&
		       offsetof(struct leave_state, selector) == 174 &&
		       offsetof(struct leave_state, fs_base) == 192 &&
		       offsetof(struct leave_state, frame) == 208 &&
		       sizeof(struct leave_state) <= PAGE_SIZE,
	       "vmx/devirt/last.asm is out of date");

typedef void (*leave_code)(struct leave_state *s);
extern const u8 leave_native[];

// Behind the borrowed slot: the code, then two pages for each processor.
#define CODE_PAGE       0
#define STATE_PAGE(c)   (1 + 2 * (c)->number)
#define TABLE_PAGE(c)   (2 + 2 * (c)->number)
#define SLOT_ADDRESS(i) (0xffff000000000000ULL | (u64)(i) << 39)
#define KERNEL_SLOTS    (TABLE_ENTRIES / 2)
#define TSS_BUSY_BYTE   5
#define TSS_BUSY        0x02

// An empty slot of the kernel's half, the same for all our uses of it; 0 when there is none.
static u32 free_slot(const u64 *guest_root)
{
	const u64 *ours = pool_va(&pool, boot->host_cr3);

	for (u32 i = TABLE_ENTRIES - 2; i >= KERNEL_SLOTS; i--)
		if (!guest_root[i] && (!ours[i] || i == vm0.devirt.slot))
			return i;
	return 0;
}

static bool map(u64 base, u32 page, u64 pa, u64 flags)
{
	return hostmap_map(&pool, pool_va(&pool, boot->host_cr3), base + page * PAGE_SIZE, pa,
			   PAGE_SIZE, flags);
}

static struct leave_state *lend(struct cpu *c, u64 guest_cr3, struct leave_state *s)
{
	u64 *guest_root = window_map(c, WINDOW_WALK, guest_cr3 & PT_ADDR);
	const u64 *ours = pool_va(&pool, boot->host_cr3);
	u32 slot = guest_root ? free_slot(guest_root) : 0;
	u64 base = SLOT_ADDRESS(slot);

	if (!slot || !map(base, CODE_PAGE, boot->block_pa, HOST_RX) ||
	    !map(base, STATE_PAGE(c), pool_pa(&pool, s), HOST_RW) ||
	    !map(base, TABLE_PAGE(c), guest_cr3 & PT_ADDR, HOST_RW))
		return NULL;
	vm0.devirt.slot = slot;
	s->copy_gdtr.base = base + STATE_PAGE(c) * PAGE_SIZE + offsetof(struct leave_state, gdt);
	s->slot = (u64 *)(base + TABLE_PAGE(c) * PAGE_SIZE) + slot;
	guest_root[slot] = ours[slot];
	return (struct leave_state *)(base + STATE_PAGE(c) * PAGE_SIZE);
}

// Lends our tables to the guest. Processors whose guests share page tables get a slot each: the
// slot is taken until its processor empties it. Returns where this processor's state is mapped,
// NULL without a free slot or memory.
static struct leave_state *borrow(struct cpu *c, u64 guest_cr3, struct leave_state *s)
{
	struct leave_state *lent;

	lock_take(&vm0.devirt.lock);
	lent = lend(c, guest_cr3, s);
	lock_drop(&vm0.devirt.lock);
	return lent;
}

// TR and LDTR are loaded from a copy of the guest's GDT in which the TSS is not busy: the original
// is busy, as it has to be, and may be read-only to the guest.
static bool copy_gdt(struct cpu *c, struct leave_state *s)
{
	u32 tr = s->selector[SEG_TR] & ~7U, size = s->gdtr.limit + 1U;
	struct paging paging = guest_paging();

	if (size > GDT_COPY || guest_read_linear(c, &paging, s->gdtr.base, s->gdt, size))
		return false;
	if (tr)
		s->gdt[tr + TSS_BUSY_BYTE] &= ~TSS_BUSY;
	return true;
}

static bool fill_state(struct cpu *c, struct leave_state *s)
{
	memcpy(s->gpr, c->regs->gpr, sizeof(s->gpr));
	s->cr3 = vmread(GUEST_CR3);
	s->gdtr = (struct descriptor_table){ vmread(GUEST_GDTR_LIMIT), vmread(GUEST_GDTR_BASE) };
	s->idtr = (struct descriptor_table){ vmread(GUEST_IDTR_LIMIT), vmread(GUEST_IDTR_BASE) };
	s->copy_gdtr.limit = s->gdtr.limit;
	for (u32 i = 0; i < SEG_COUNT; i++)
		s->selector[i] = vmread(GUEST_SELECTOR(i));
	s->fs_base = vmread(GUEST_FS_BASE);
	s->gs_base = vmread(GUEST_GS_BASE);
	s->frame[0] = vmread(GUEST_RIP);
	s->frame[1] = s->selector[SEG_CS];
	s->frame[2] = vmread(GUEST_RFLAGS);
	s->frame[3] = vmread(GUEST_RSP);
	s->frame[4] = s->selector[SEG_SS];
	return copy_gdt(c, s);
}

static void restore_msrs(void)
{
	wrmsr(IA32_SYSENTER_CS, vmread(GUEST_SYSENTER_CS));
	wrmsr(IA32_SYSENTER_ESP, vmread(GUEST_SYSENTER_ESP));
	wrmsr(IA32_SYSENTER_EIP, vmread(GUEST_SYSENTER_EIP));
	wrmsr(IA32_PAT, vmread(GUEST_PAT));
	wrmsr(IA32_EFER, vmread(GUEST_EFER));
	write_dr7(vmread(GUEST_DR7));
}

void leave_in_nmi(struct cpu *c)
{
	struct leave_state *lent = c->devirt.lent;
	u64 cr0 = crs_guest_cr0(), cr4 = crs_guest_cr4();
	u64 code = ALIGN_DOWN((u64)lent, BIT(39)) + (u64)leave_native - HV_BASE;

	if (c->nmi_pending)
		apic_send_nmi(c->apic_id);
	restore_msrs();
	vmclear(c->vmcs_pa);
	vmxoff();
	write_cr4(cr4);
	write_cr0(cr0);
	__atomic_store_n(&c->state, CPU_OFFLINE, __ATOMIC_SEQ_CST);
	((leave_code)code)(lent);
	__builtin_unreachable();
}

// Then nothing is taken apart any more, for it may be half done, and the log stays for after a
// reset.
static bool panicked;

// 64-bit mode, and nothing that IRETQ could not put back.
static bool possible(void)
{
	return (vmread(GUEST_EFER) & EFER_LMA) &&
	       (vmread(GUEST_RIGHTS(SEG_CS)) & RIGHTS_LONG_MODE) &&
	       !(vmread(GUEST_CR4) & (CR4_LA57 | CR4_CET));
}

static bool settled(const struct cpu *c)
{
	return !c->nmi_pending && !c->in_step && !(vmread(ENTRY_INTERRUPTION_INFO) & EVENT_VALID) &&
	       !(vmread(GUEST_INTERRUPTIBILITY) & BLOCKING_BY_NMI) && !vmread(GUEST_PENDING_DEBUG);
}

static bool is_last(const struct cpu *c)
{
	for (u32 i = 0; i < c->vm->cpus; i++)
		if (c->vm->cpu[i] != c && c->vm->cpu[i]->state != CPU_OFFLINE)
			return false;
	return true;
}

// What the guest's owner would not want to be found here: rules, tables, keys, events, log.
static void scrub(struct vm *vm)
{
	policy_destroy(&vm->policy);
	ept_destroy(&vm->ept);
	vm->key = 0;
	events_clear();
	log_clear();
	pool_scrub(&pool);
}

// The guest must not get a kick: one on its way is waited for, and none is sent any more (cpu_kick
// looks at `leaves` after it has announced one).
static void await_kicks(struct cpu *c)
{
	__atomic_store_n(&c->devirt.leaves, true, __ATOMIC_SEQ_CST);
	while (__atomic_load_n(&c->shootdown.kick, __ATOMIC_SEQ_CST)) {
		unblock_nmis();
		pause();
	}
}

// The last part runs as an NMI's handler, so that an NMI of the guest's waits until the guest is
// there to take it. Whichever NMI it is that leads there, the other one of ours and the guest's is
// then still to come, and the guest's.
static void leave(struct cpu *c)
{
	struct leave_state *s = pool_alloc(&pool);
	struct leave_state *lent = s && fill_state(c, s) ? borrow(c, s->cr3, s) : NULL;

	if (!lent) {
		log_error("cpu %u cannot leave: no memory or no free place in its page tables",
			  c->number);
		return;
	}
	await_kicks(c);
	if (!panicked && is_last(c))
		scrub(c->vm);
	// Not in the handler: a fault's IRET would end the blocking.
	wrmsr_safe(IA32_DEBUGCTL, vmread(GUEST_DEBUGCTL));
	c->devirt.lent = lent;
	unblock_nmis();
	apic_send_nmi(c->apic_id);
	for (;;)
		pause();
}

// Where the whole machine stands in leaving. A store that is a step would undo what a processor
// without Tessera writes at the same time: so all gather in root mode first, and whoever fails to
// come keeps all of them here.
static enum { STAGE_NONE, STAGE_GATHER, STAGE_GO } stage;
static u32 gathered;

// Returns whether all came.
static bool gather(void)
{
	__atomic_fetch_add(&gathered, 1, __ATOMIC_SEQ_CST);
	while (__atomic_load_n(&stage, __ATOMIC_SEQ_CST) == STAGE_GATHER)
		pause();
	__atomic_fetch_sub(&gathered, 1, __ATOMIC_SEQ_CST);
	return __atomic_load_n(&stage, __ATOMIC_SEQ_CST) == STAGE_GO;
}

void leave_now(struct cpu *c)
{
	bool here = settled(c) && possible();

	work_drop(c, WORK_LEAVE);
	if (here && stage == STAGE_GATHER && !gather())
		return;
	// Until the loader commits a processor leaves alone; later such a wish is an old one.
	if (stage == STAGE_NONE && c->vm->committed)
		return;
	if (here && stage != STAGE_GATHER)
		leave(c);
	else
		step_once(c, WORK_LEAVE);
}

// Without the policy's lock, which nobody may drop any more after a panic: a rule is then sealed
// or not yet.
static bool any_sealed(struct policy *p)
{
	bool found = p->lockdown;

	for (s32 n = rule_next(&p->rules, 0); n >= 0 && !found; n = rule_next(&p->rules, n + 1)) {
		const struct rule *r = rule_get(&p->rules, n);

		found = (r->flags & TESSERA_RULE_SEALED) && r->regions;
	}
	return found;
}

static bool sealed(struct vm *vm)
{
	bool found;

	lock_take(&vm->policy.lock);
	found = any_sealed(&vm->policy);
	lock_drop(&vm->policy.lock);
	return found;
}

static bool all_run(const struct vm *vm)
{
	for (u32 i = 0; i < vm->cpus; i++) {
		if (vm->cpu[i]->state == CPU_WAITING || vm->cpu[i]->state == CPU_PARKED) {
			log_error("cpu %u runs no guest, so it cannot go on natively", i);
			return false;
		}
	}
	return true;
}

static void ask_others(struct vm *vm, const struct cpu *self)
{
	for (u32 i = 0; i < vm->cpus; i++) {
		struct cpu *c = vm->cpu[i];

		if (c == self)
			continue;
		work_add(c, WORK_LEAVE);
		if (__atomic_load_n(&c->state, __ATOMIC_SEQ_CST) == CPU_GUEST)
			cpu_kick(c);
	}
}

void vcpu_devirtualize_after_panic(struct cpu *c)
{
	if (any_sealed(&c->vm->policy))
		return;
	panicked = true;
	stage = STAGE_GO;
	ask_others(c->vm, c);
	if (c->regs && settled(c) && possible())
		leave(c);
}

static bool all_gathered(const struct vm *vm)
{
	return __atomic_load_n(&gathered, __ATOMIC_SEQ_CST) == vm->cpus - 1;
}

static bool all_off(const struct vm *vm, const struct cpu *self)
{
	for (u32 i = 0; i < vm->cpus; i++)
		if (vm->cpu[i] != self &&
		    __atomic_load_n(&vm->cpu[i]->state, __ATOMIC_SEQ_CST) != CPU_OFFLINE)
			return false;
	return true;
}

// A kick may come behind a processor's last look at cpu.work, so it is repeated; but not so often
// that the processor gets nothing else done.
static bool bring_together(struct vm *vm, const struct cpu *self)
{
	u64 began = rdtsc();

	while (!all_gathered(vm) && !ticks_passed(began, LEAVE_SECONDS * boot->tsc_hz)) {
		ask_others(vm, self);
		for (u32 i = 0; i < KICK_AGAIN && !all_gathered(vm); i++)
			pause();
	}
	return all_gathered(vm);
}

static int gather_all(struct vm *vm, const struct cpu *self)
{
	if (!bring_together(vm, self)) {
		log_error("a processor cannot leave just now: it runs outside 64-bit mode, or "
			  "handles an NMI");
		return TESSERA_BUSY;
	}
	// Nobody is in a call any more; one may have sealed a rule on its way here.
	return sealed(vm) ? TESSERA_SEALED : TESSERA_OK;
}

static int leave_together(struct vm *vm, struct cpu *self)
{
	u64 began;
	int error;

	stage = STAGE_GATHER;
	error = gather_all(vm, self);
	if (error) {
		__atomic_store_n(&stage, STAGE_NONE, __ATOMIC_SEQ_CST);
		while (__atomic_load_n(&gathered, __ATOMIC_SEQ_CST))
			pause();
		return error;
	}
	__atomic_store_n(&stage, STAGE_GO, __ATOMIC_SEQ_CST);
	began = rdtsc();
	while (!all_off(vm, self) && !ticks_passed(began, LEAVE_SECONDS * boot->tsc_hz))
		pause();
	work_add(self, WORK_LEAVE);
	return all_off(vm, self) ? TESSERA_OK : TESSERA_BUSY;
}

int leave_all(struct vm *vm)
{
	static bool asked;
	struct cpu *self = cpu_this();
	int error;

	if (sealed(vm))
		return TESSERA_SEALED;
	if (!possible() || !all_run(vm))
		return TESSERA_UNSUPPORTED;
	if (!settled(self) || __atomic_exchange_n(&asked, true, __ATOMIC_SEQ_CST))
		return TESSERA_BUSY;
	error = leave_together(vm, self);
	__atomic_store_n(&asked, false, __ATOMIC_SEQ_CST);
	return error;
}
