// SPDX-License-Identifier: MIT
// Devirtualizes the running machine. The last instructions (vmx/devirt/last.asm) load the guest's
// CR3, so they must be mapped at the same address by Tessera's page tables and the guest's. An
// empty slot of the guest's level-4 table is therefore pointed at Tessera's tables for a moment. It
// maps three pages: the code, this CPU's struct native_state, and the guest's level-4 table,
// through which the third instruction before the end empties the slot again. Manual: "Mode of
// Operation and VMXOFF", "Caching Translation Information".
#include "vmx/devirt/handoff.h"

#include "hv/core/guest_memory.h"
#include "hv/core/guest_walk.h"
#include "hv/core/host.h"
#include "hv/core/log.h"
#include "hv/core/shootdown.h"
#include "hv/core/vcpu.h"
#include "hv/core/vm.h"
#include "hv/core/wait.h"
#include "hv/core/work.h"
#include "hv/lib/string.h"
#include "hv/x86/apic.h"
#include "hv/x86/control_regs.h"
#include "hv/x86/hostmap.h"
#include "hv/x86/insn.h"
#include "hv/x86/msr.h"
#include "vmx/devirt/gdt_copy.h"
#include "vmx/devirt/scrub.h"
#include "vmx/exit/apic_base.h"
#include "vmx/exit/cr.h"
#include "vmx/step/open.h"
#include "vmx/vmcs/controls.h"
#include "vmx/vmcs/guest.h"
#include "vmx/vmcs/vmcs.h"

#define KICK_AGAIN 2000 // turns of waiting before the kicks are repeated

#define GDT_COPY   512 // bytes; operating systems use less than half of it

// The state with which a CPU continues natively. At most one page; vmx/devirt/last.asm knows the
// offsets.
struct native_state {
	u64 gpr[16];
	u64 cr3;
	u64 *slot; // the shared slot, as last.asm reaches it
	struct descriptor_table gdtr, idtr, copy_gdtr;
	u16 selector[SEG_COUNT];
	u64 fs_base, gs_base;
	u64 frame[5];  // for IRETQ: RIP, CS, RFLAGS, RSP, SS; pushes go below it, over gs_base
	u64 nmi_stack; // the page, which last.asm zeroes
	u8 gdt[GDT_COPY];
};

_Static_assert(offsetof(struct native_state, cr3) == 128 &&
		       offsetof(struct native_state, slot) == 136 &&
		       offsetof(struct native_state, gdtr) == 144 &&
		       offsetof(struct native_state, idtr) == 154 &&
		       offsetof(struct native_state, copy_gdtr) == 164 &&
		       offsetof(struct native_state, selector) == 174 &&
		       offsetof(struct native_state, fs_base) == 192 &&
		       offsetof(struct native_state, frame) == 208 &&
		       offsetof(struct native_state, nmi_stack) == 248 &&
		       sizeof(struct native_state) <= PAGE_SIZE,
	       "vmx/devirt/last.asm has the same offsets");

typedef void (*last_code)(struct native_state *s);
extern const u8 enter_native[];

// The pages that the shared slot maps: the code, then two pages for each CPU.
#define CODE_PAGE       0
#define STATE_PAGE(c)   (1 + 2 * (c)->number)
#define TABLE_PAGE(c)   (2 + 2 * (c)->number)
#define SLOT_ADDRESS(i) (0xffff000000000000ULL | (u64)(i) << 39)
#define KERNEL_SLOTS    (TABLE_ENTRIES / 2)

// A slot of the kernel's half that is empty in the guest's table and in ours, or that another CPU
// already uses for this; 0 if there is no such slot.
static u32 free_slot(const u64 *guest_root)
{
	const u64 *ours = pool_va(&pool, boot->host_cr3);

	for (u32 i = TABLE_ENTRIES - 2; i >= KERNEL_SLOTS; i--)
		if (!guest_root[i] && (!ours[i] || i == vm0.devirt.slot))
			return i;
	return 0;
}

static bool map_page(u64 base, u32 page, u64 pa, u64 flags)
{
	return hostmap_map(&pool, pool_va(&pool, boot->host_cr3), base + page * PAGE_SIZE, pa,
			   PAGE_SIZE, flags);
}

static struct native_state *map_for_guest(struct cpu *c, u64 guest_cr3, struct native_state *s)
{
	u64 *guest_root = window_map(c, WINDOW_WALK, guest_cr3 & PT_ADDR);
	const u64 *ours = pool_va(&pool, boot->host_cr3);
	u32 slot = guest_root ? free_slot(guest_root) : 0;
	u64 base = SLOT_ADDRESS(slot);

	if (!slot || !map_page(base, CODE_PAGE, boot->block_pa, HOST_RX) ||
	    !map_page(base, STATE_PAGE(c), pool_pa(&pool, s), HOST_RW) ||
	    !map_page(base, TABLE_PAGE(c), guest_cr3 & PT_ADDR, HOST_RW))
		return NULL;
	vm0.devirt.slot = slot;
	s->copy_gdtr.base = base + STATE_PAGE(c) * PAGE_SIZE + offsetof(struct native_state, gdt);
	s->slot = (u64 *)(base + TABLE_PAGE(c) * PAGE_SIZE) + slot;
	guest_root[slot] = ours[slot];
	return (struct native_state *)(base + STATE_PAGE(c) * PAGE_SIZE);
}

// Maps this CPU's state and the code in the guest's page tables. CPUs that share page tables get a
// slot each, since a slot is in use until its CPU empties it. Returns the address of the state
// there, NULL without a free slot or memory.
static struct native_state *map_state(struct cpu *c, u64 guest_cr3, struct native_state *s)
{
	struct native_state *mapped;

	lock_take(&vm0.devirt.lock);
	mapped = map_for_guest(c, guest_cr3, s);
	lock_drop(&vm0.devirt.lock);
	return mapped;
}

// Copies the guest's GDT and clears the busy bit of its TSS in the copy, from which last.asm loads
// TR and LDTR. LTR faults on a busy TSS, and the guest may have mapped its own GDT read-only.
static bool copy_gdt(struct cpu *c, struct native_state *s)
{
	u32 size = s->gdtr.limit + 1U;
	struct paging paging = guest_paging();

	return size <= GDT_COPY && !guest_read_linear(c, &paging, s->gdtr.base, s->gdt, size) &&
	       gdt_free_tss(s->gdt, size, s->selector[SEG_TR]);
}

static bool fill_state(struct cpu *c, struct native_state *s)
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
	s->nmi_stack = c->tss.ist[IST_NMI - 1] - IST_STACK_SIZE;
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

// After a panic nothing is destroyed, since a structure may be half changed, and the log is kept so
// that it can be read after a reset.
static bool panicked;

static bool is_last_cpu(const struct cpu *c)
{
	for (u32 i = 0; i < c->vm->cpus; i++)
		if (c->vm->cpu[i] != c && c->vm->cpu[i]->state != CPU_OFFLINE)
			return false;
	return true;
}

void devirtualize_in_nmi(struct cpu *c)
{
	struct native_state *mapped = c->devirt.state;
	u64 cr0 = crs_guest_cr0(), cr4 = crs_guest_cr4();
	u64 code = ALIGN_DOWN((u64)mapped, BIT(39)) + (u64)enter_native - HV_BASE;
	bool last = !panicked && is_last_cpu(c);

	if (c->nmi_pending)
		apic_send_nmi(c->apic_id);
	apic_base_devirtualize(c);
	restore_msrs();
	vmclear(c->vmcs_pa);
	vmxoff();
	write_cr4(cr4);
	write_cr0(cr0);
	if (last)
		scrub_block();
	else
		__atomic_store_n(&c->state, CPU_OFFLINE, __ATOMIC_SEQ_CST);
	((last_code)code)(mapped);
	__builtin_unreachable();
}

// Whether the guest is in 64-bit mode, without state that IRETQ cannot restore.
static bool guest_is_supported(void)
{
	return (vmread(GUEST_EFER) & EFER_LMA) &&
	       (vmread(GUEST_RIGHTS(SEG_CS)) & RIGHTS_LONG_MODE) &&
	       !(vmread(GUEST_CR4) & (CR4_LA57 | CR4_CET));
}

// Whether no event, step or NMI handler is under way, which the guest would lose.
static bool nothing_is_pending(const struct cpu *c)
{
	return !c->nmi_pending && !c->in_step && !(vmread(ENTRY_INTERRUPTION_INFO) & EVENT_VALID) &&
	       !(vmread(GUEST_INTERRUPTIBILITY) & BLOCKING_BY_NMI) && !vmread(GUEST_PENDING_DEBUG);
}

// Devirtualizes this CPU. The last part runs as an NMI handler, so that an NMI for the guest stays
// blocked until IRETQ has entered the guest. The handler may be entered by our NMI or by one for
// the guest; the other one then stays pending and goes to the guest.
static void devirtualize_cpu(struct cpu *c)
{
	struct native_state *s = c->devirt.page, *mapped = NULL;

	if (!s) // it is kept for the next try: the shared slot may map it already
		s = c->devirt.page = pool_alloc(&pool);
	if (s && fill_state(c, s))
		mapped = map_state(c, s->cr3, s);
	if (!mapped) {
		log_error("cpu %u cannot be devirtualized: no memory, no free slot in its page "
			  "tables, or TR beyond its GDT",
			  c->number);
		return;
	}
	cpu_hold_kicks(c, true);
	// Not in the NMI handler: WRMSR may fault, and the IRET of the fault would unblock NMIs.
	wrmsr_safe(IA32_DEBUGCTL, vmread(GUEST_DEBUGCTL));
	c->devirt.state = mapped;
	unblock_nmis();
	apic_send_nmi(c->apic_id);
	for (;;)
		pause();
}

// The stage of devirtualizing the machine. The write-back of a step would undo what a CPU without
// Tessera writes at the same time. All CPUs therefore gather in root mode first; if one does not
// arrive in time, all stay virtualized.
static enum { STAGE_NONE, STAGE_GATHER, STAGE_GO } stage;
static u32 gathered;

// Waits in root mode for the other CPUs. Returns whether all arrived.
static bool await_all(void)
{
	__atomic_fetch_add(&gathered, 1, __ATOMIC_SEQ_CST);
	while (__atomic_load_n(&stage, __ATOMIC_SEQ_CST) == STAGE_GATHER)
		pause(); // the CPU that asked decides in time
	__atomic_fetch_sub(&gathered, 1, __ATOMIC_SEQ_CST);
	return __atomic_load_n(&stage, __ATOMIC_SEQ_CST) == STAGE_GO;
}

void devirtualize_now(struct cpu *c)
{
	bool here = nothing_is_pending(c) && guest_is_supported();

	work_drop(c, WORK_DEVIRTUALIZE);
	if (here && stage == STAGE_GATHER && !await_all())
		return;
	// Before the loader commits, a CPU is devirtualized alone. Later the request is a stale
	// one.
	if (stage == STAGE_NONE && c->vm->committed)
		return;
	if (here && stage != STAGE_GATHER)
		devirtualize_cpu(c);
	else
		step_once(c, WORK_DEVIRTUALIZE);
}

// Takes no policy lock: after a panic its holder may never release it. A rule that is being sealed
// counts as sealed or not.
static bool any_sealed(struct policy *p)
{
	bool found = p->lockdown;

	for (s32 n = rule_next(&p->rules, 0); n >= 0 && !found; n = rule_next(&p->rules, n + 1)) {
		const struct rule *r = rule_get(&p->rules, n);

		found = (r->flags & TESSERA_RULE_SEALED) && r->regions;
	}
	return found;
}

static bool has_sealed_rule(struct vm *vm)
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
			log_error("cpu %u runs no guest, so it cannot continue natively", i);
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
		work_add(c, WORK_DEVIRTUALIZE);
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
	if (c->regs && nothing_is_pending(c) && guest_is_supported())
		devirtualize_cpu(c);
}

static bool all_gathered(const struct vm *vm)
{
	return __atomic_load_n(&gathered, __ATOMIC_SEQ_CST) == vm->cpus - 1;
}

static bool all_are_native(const struct vm *vm, const struct cpu *self)
{
	for (u32 i = 0; i < vm->cpus; i++)
		if (vm->cpu[i] != self &&
		    __atomic_load_n(&vm->cpu[i]->state, __ATOMIC_SEQ_CST) != CPU_OFFLINE)
			return false;
	return true;
}

// A kick that arrives after a CPU's last look at cpu.work has no effect, so kicks are repeated, but
// rarely enough that the CPU makes progress.
static bool bring_together(struct vm *vm, const struct cpu *self)
{
	struct wait w = { .us = WAIT_DEVIRT };

	while (!all_gathered(vm) && wait_goes_on(&w)) {
		ask_others(vm, self);
		for (u32 i = 0; i < KICK_AGAIN && !all_gathered(vm); i++)
			pause();
	}
	return all_gathered(vm);
}

static int gather_all(struct vm *vm, const struct cpu *self)
{
	if (!bring_together(vm, self)) {
		log_error("a CPU cannot be devirtualized now: it runs outside 64-bit mode or "
			  "handles an NMI");
		return TESSERA_BUSY;
	}
	// No CPU is inside a call now, but a call may have sealed a rule since the first check.
	return has_sealed_rule(vm) ? TESSERA_SEALED : TESSERA_OK;
}

static int devirtualize_together(struct vm *vm, struct cpu *self)
{
	struct wait w = { .us = WAIT_DEVIRT };
	int error;

	if (gathered) // a CPU has not come back from an earlier attempt
		return TESSERA_BUSY;
	stage = STAGE_GATHER;
	error = gather_all(vm, self);
	__atomic_store_n(&stage, error ? STAGE_NONE : STAGE_GO, __ATOMIC_SEQ_CST);
	if (error) {
		while (__atomic_load_n(&gathered, __ATOMIC_SEQ_CST) && wait_goes_on(&w))
			;
		return error;
	}
	while (!all_are_native(vm, self) && wait_goes_on(&w))
		;
	work_add(self, WORK_DEVIRTUALIZE);
	return all_are_native(vm, self) ? TESSERA_OK : TESSERA_BUSY;
}

int devirtualize_all(struct vm *vm)
{
	static bool asked;
	struct cpu *self = cpu_this();
	int error;

	if (has_sealed_rule(vm))
		return TESSERA_SEALED;
	if (!guest_is_supported() || !all_run(vm))
		return TESSERA_UNSUPPORTED;
	if (!nothing_is_pending(self) || __atomic_exchange_n(&asked, true, __ATOMIC_SEQ_CST))
		return TESSERA_BUSY;
	error = devirtualize_together(vm, self);
	__atomic_store_n(&asked, false, __ATOMIC_SEQ_CST);
	return error;
}
