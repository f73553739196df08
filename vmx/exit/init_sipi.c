// SPDX-License-Identifier: MIT
// Nothing here prints: Linux waits only microseconds between INIT and SIPI. So the CPU is reset
// when its SIPI comes. Manual: "MP Initialization Protocol", "Other Causes of VM Exits", and the
// table "IA-32 and Intel 64 Processor States Following Power-up, Reset, or INIT".
#include "vmx/exit/init_sipi.h"

#include "hv/core/log.h"
#include "hv/core/panic.h"
#include "hv/core/shootdown.h"
#include "hv/core/vcpu.h"
#include "hv/core/vm.h"
#include "hv/core/wait.h"
#include "hv/core/work.h"
#include "hv/lib/string.h"
#include "hv/x86/apic.h"
#include "hv/x86/control_regs.h"
#include "hv/x86/insn.h"
#include "hv/x86/msr.h"
#include "vmx/exit/cr.h"
#include "vmx/exit/handlers.h"
#include "vmx/exit/icr_trap.h"
#include "vmx/vmcs/controls.h"
#include "vmx/vmcs/guest.h"
#include "vmx/vmcs/vmcs.h"

#define DR6_RESET 0xffff0ff0
#define DR7_RESET 0x400

// The VMCS fields after INIT, except CR0, CR4 and CS.
// clang-format off
static const struct {
	u16 field, value;
} after_init[] = {
	{ GUEST_GDTR_BASE, 0 },       { GUEST_GDTR_LIMIT, 0xffff },
	{ GUEST_IDTR_BASE, 0 },       { GUEST_IDTR_LIMIT, 0xffff },
	{ GUEST_CR3, 0 },             { GUEST_EFER, 0 },
	{ GUEST_RIP, 0 },             { GUEST_RSP, 0 },
	{ GUEST_RFLAGS, 2 },          { GUEST_DR7, DR7_RESET },
	{ GUEST_DEBUGCTL, 0 },        { GUEST_INTERRUPTIBILITY, 0 },
	{ GUEST_PENDING_DEBUG, 0 },   { ENTRY_INTERRUPTION_INFO, 0 },
	{ GUEST_ACTIVITY, ACTIVITY_ACTIVE },
	// Only if VM entry loads them; these stay the last.
	{ GUEST_S_CET, 0 }, { GUEST_SSP, 0 }, { GUEST_SSP_TABLE, 0 },
};
// clang-format on
#define CET_FIELDS 3

static void reset_segments(void)
{
	static const u8 rights[SEG_COUNT] = {
		RIGHTS_DATA, RIGHTS_CODE, RIGHTS_DATA, RIGHTS_DATA,
		RIGHTS_DATA, RIGHTS_DATA, RIGHTS_LDT,  RIGHTS_BUSY_TSS
	};

	for (u32 i = 0; i < SEG_COUNT; i++) {
		vmwrite(GUEST_SELECTOR(i), 0);
		vmwrite(GUEST_BASE(i), 0);
		vmwrite(GUEST_LIMIT(i), 0xffff);
		vmwrite(GUEST_RIGHTS(i), rights[i]);
	}
}

// These registers keep the guest's values in root mode; they are not in the VMCS.
static void reset_live_registers(void)
{
	write_cr2(0);
	write_dr0(0);
	write_dr1(0);
	write_dr2(0);
	write_dr3(0);
	write_dr6(DR6_RESET);
}

// Sets the state after INIT, with CS:RIP from the SIPI's vector.
static void reset_cpu(struct regs *regs, u32 vector)
{
	u64 entry = vmread(ENTRY_CONTROLS);
	u32 fields = ARRAY_SIZE(after_init) - (entry & ENTRY_LOAD_CET ? 0 : CET_FIELDS);

	memset(regs, 0, sizeof(*regs));
	regs->gpr[RDX] = cpuid(1, 0).eax; // family, model, stepping
	reset_live_registers();
	reset_segments();
	vmwrite(GUEST_SELECTOR(SEG_CS), vector << 8);
	vmwrite(GUEST_BASE(SEG_CS), vector << 12);
	crs_reset();
	for (u32 i = 0; i < fields; i++)
		vmwrite(after_init[i].field, after_init[i].value);
	vmwrite(ENTRY_CONTROLS, entry & ~(u64)ENTRY_GUEST_64);
	invvpid(INVALIDATE_SINGLE, vmread(VPID));
}

// cpu.start: what other CPUs have sent. An INIT cancels an earlier SIPI.
#define START_VECTOR  0xffU
#define START_SIPI    0x100U // with the vector below it
#define START_INIT    0x200U
#define START_LOGICAL 16 // above: the logical ID that the INIT is for, 0 = any

#define WAKE_AGAIN    1000 // pauses before the next try

// From now on SIPIs are kept and INITs have no effect. The order matters: start_send_sipi looks
// for the INIT first.
static void wait_as(struct cpu *c, u32 how)
{
	__atomic_store_n(&c->start.waits, how, __ATOMIC_SEQ_CST);
	__atomic_fetch_and(&c->start.sent, START_SIPI | START_VECTOR, __ATOMIC_SEQ_CST);
}

static void start_at_sipi(struct cpu *c, u32 vector)
{
	__atomic_fetch_sub(&c->vm->sipi.waiting, 1, __ATOMIC_SEQ_CST);
	c->entry_state = CPU_GUEST;
	reset_cpu(c->regs, vector);
	if (c->nmi_pending) // it arrived while the CPU waited
		work_add(c, WORK_INJECT);
}

// False if there is no SIPI, or an INIT cancelled it.
static bool take_sipi(struct cpu *c)
{
	u32 how = c->start.waits, sent;

	if (!(c->start.sent & START_SIPI))
		return false;
	__atomic_store_n(&c->start.waits, WAITS_NOT, __ATOMIC_SEQ_CST);
	sent = __atomic_fetch_and(&c->start.sent, ~(START_SIPI | START_VECTOR), __ATOMIC_SEQ_CST);
	if (sent & START_SIPI)
		start_at_sipi(c, sent & START_VECTOR);
	else
		wait_as(c, how);
	return sent & START_SIPI;
}

static void wait_in_root(struct cpu *c)
{
	__atomic_store_n(&c->state, CPU_WAITING, __ATOMIC_SEQ_CST);
	icr_trap_hold(c->vm, true);
	unblock_nmis(); // an NMI may have led here, and the next one wakes
	while (!take_sipi(c))
		halt();
	__atomic_store_n(&c->state, CPU_ROOT, __ATOMIC_SEQ_CST);
	icr_trap_hold(c->vm, false);
}

// Drops whatever the guest was about to do when the INIT arrived.
static void wait_in_vmx(struct cpu *c)
{
	vmwrite(GUEST_INTERRUPTIBILITY, 0);
	vmwrite(ENTRY_INTERRUPTION_INFO, 0);
	vmwrite(GUEST_ACTIVITY, ACTIVITY_WAIT_FOR_SIPI);
	c->entry_state = CPU_WAITING;
}

static void accept_init(struct cpu *c)
{
	struct vm *vm = c->vm;
	bool in_vmx;

	if (rdmsr(IA32_APIC_BASE) & APIC_BASE_BSP) {
		log_warn("INIT to the boot CPU: the machine is reset");
		machine_reset();
	}
	vcpu_abandon_step(c);
	c->nmi_pending = false;
	in_vmx = !__atomic_fetch_add(&vm->sipi.waiting, 1, __ATOMIC_SEQ_CST)
			 ? vm->sipi.mode != BOOT_SIPI_SOFTWARE
			 : vm->sipi.mode == BOOT_SIPI_AUTO;
	wait_as(c, in_vmx ? WAITS_IN_VMX : WAITS_IN_ROOT);
	if (take_sipi(c))
		return;
	if (in_vmx)
		wait_in_vmx(c);
	else
		wait_in_root(c);
}

void start_work(struct cpu *c)
{
	u32 sent = c->start.sent;

	work_drop(c, WORK_START);
	if (!(sent & START_INIT)) {
		if (c->start.waits)
			take_sipi(c);
	} else if (!(sent >> START_LOGICAL) || apic_has_logical_id(sent >> START_LOGICAL)) {
		accept_init(c);
	} else if (!__atomic_compare_exchange_n(&c->start.sent, &sent, 0, false, __ATOMIC_SEQ_CST,
						__ATOMIC_SEQ_CST)) {
		work_add(c, WORK_START);
	}
}

void start_send_init(struct cpu *target, u32 logical)
{
	u32 none = 0;

	if (__atomic_load_n(&target->start.waits, __ATOMIC_SEQ_CST)) {
		__atomic_fetch_and(&target->start.sent, ~(START_SIPI | START_VECTOR),
				   __ATOMIC_SEQ_CST);
		return;
	}
	if (!logical)
		__atomic_store_n(&target->start.sent, START_INIT, __ATOMIC_SEQ_CST);
	else if (!__atomic_compare_exchange_n(&target->start.sent, &none,
					      START_INIT | logical << START_LOGICAL, false,
					      __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
		return;
	work_add(target, WORK_START);
	if (__atomic_load_n(&target->state, __ATOMIC_SEQ_CST) == CPU_GUEST)
		cpu_kick(target);
}

// A kick just before the HLT, or a SIPI just before VM entry, has no effect; both are therefore
// repeated until the CPU has woken.
static void wake_waiting(struct cpu *target, u32 vector)
{
	struct wait w = { .us = WAIT_SIPI };

	do {
		if (__atomic_load_n(&target->state, __ATOMIC_SEQ_CST) != CPU_WAITING)
			return;
		if (target->start.waits == WAITS_IN_VMX)
			apic_send(target->apic_id, APIC_SIPI | vector);
		else
			cpu_kick(target);
		for (u32 i = 0; i < WAKE_AGAIN; i++) {
			if (!(__atomic_load_n(&target->start.sent, __ATOMIC_SEQ_CST) & START_SIPI))
				return;
			pause();
		}
	} while (wait_goes_on(&w));
}

void start_send_sipi(struct cpu *target, u32 vector)
{
	u32 sent = __atomic_load_n(&target->start.sent, __ATOMIC_SEQ_CST);

	do {
		if (!(sent & START_INIT) &&
		    !__atomic_load_n(&target->start.waits, __ATOMIC_SEQ_CST))
			return; // it runs
		if (sent & START_SIPI)
			vector = sent & START_VECTOR; // the first one counts
	} while (!__atomic_compare_exchange_n(&target->start.sent, &sent,
					      sent | START_SIPI | vector, false, __ATOMIC_SEQ_CST,
					      __ATOMIC_SEQ_CST));
	work_add(target, WORK_START);
	wake_waiting(target, vector);
}

void exit_init(struct cpu *c, struct regs *regs)
{
	(void)regs;
	accept_init(c);
}

void exit_sipi(struct cpu *c, struct regs *regs)
{
	u32 vector = vmread(EXIT_QUALIFICATION) & START_VECTOR;

	(void)regs;
	__atomic_store_n(&c->start.waits, WAITS_NOT, __ATOMIC_SEQ_CST);
	__atomic_fetch_and(&c->start.sent, ~(START_SIPI | START_VECTOR), __ATOMIC_SEQ_CST);
	start_at_sipi(c, vector);
}
