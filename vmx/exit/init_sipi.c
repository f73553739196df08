// SPDX-License-Identifier: MIT
// INIT and SIPI: how an operating system starts its other processors. Nothing here prints: Linux
// waits only microseconds between the two. Manual: "MP Initialization Protocol", and the table
// "IA-32 and Intel 64 Processor States Following Power-up, Reset, or INIT".
#include "hv/core/vm.h"
#include "hv/lib/string.h"
#include "hv/x86/control_regs.h"
#include "hv/x86/insn.h"
#include "hv/x86/msr.h"
#include "vmx/exit/cr.h"
#include "vmx/exit/handlers.h"
#include "vmx/exit/sipi_software.h"
#include "vmx/vmcs/controls.h"
#include "vmx/vmcs/guest.h"
#include "vmx/vmcs/vmcs.h"

#define APIC_BASE_BSP         BIT(8)

#define RESET_VECTOR_SELECTOR 0xf000
#define RESET_VECTOR_BASE     0xffff0000
#define RESET_VECTOR_IP       0xfff0
#define DR6_RESET             0xffff0ff0
#define DR7_RESET             0x400

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
	vmwrite(GUEST_GDTR_BASE, 0);
	vmwrite(GUEST_GDTR_LIMIT, 0xffff);
	vmwrite(GUEST_IDTR_BASE, 0);
	vmwrite(GUEST_IDTR_LIMIT, 0xffff);
}

static void start_guest_at(u16 selector, u32 base, u16 ip)
{
	vmwrite(GUEST_SELECTOR(SEG_CS), selector);
	vmwrite(GUEST_BASE(SEG_CS), base);
	vmwrite(GUEST_RIP, ip);
	vmwrite(GUEST_ACTIVITY, ACTIVITY_ACTIVE);
}

static void start_at_page(u32 vector)
{
	start_guest_at(vector << 8, vector << 12, 0);
}

// These registers are the guest's own while the hypervisor runs: they are not in the VMCS.
static void reset_live_registers(void)
{
	write_cr2(0);
	write_dr0(0);
	write_dr1(0);
	write_dr2(0);
	write_dr3(0);
	write_dr6(DR6_RESET);
}

// The CPU stands at the reset vector afterwards, as the table says. VM entry checks RIP in
// wait-for-SIPI as well, so the RIP of the code that the INIT interrupted must not stay.
static void reset_processor(struct cpu *c, struct regs *regs)
{
	u64 entry = vmread(ENTRY_CONTROLS);

	memset(regs, 0, sizeof(*regs));
	regs->gpr[RDX] = cpuid(1, 0).eax; // family, model, stepping
	reset_live_registers();
	reset_segments();
	start_guest_at(RESET_VECTOR_SELECTOR, RESET_VECTOR_BASE, RESET_VECTOR_IP);
	crs_reset();
	vmwrite(GUEST_CR3, 0);
	vmwrite(GUEST_EFER, 0);
	vmwrite(GUEST_RSP, 0);
	vmwrite(GUEST_RFLAGS, 2);
	vmwrite(GUEST_DR7, DR7_RESET);
	vmwrite(GUEST_DEBUGCTL, 0);
	vmwrite(GUEST_INTERRUPTIBILITY, 0);
	vmwrite(GUEST_PENDING_DEBUG, 0);
	if (entry & ENTRY_LOAD_CET) {
		vmwrite(GUEST_S_CET, 0);
		vmwrite(GUEST_SSP, 0);
		vmwrite(GUEST_SSP_TABLE, 0);
	}
	vmwrite(ENTRY_INTERRUPTION_INFO, 0);
	vmwrite(ENTRY_CONTROLS, entry & ~(u64)ENTRY_GUEST_64);
	invvpid(INVALIDATE_SINGLE, vmread(VPID));
	c->nmi_pending = false;
}

static void wait_for_sipi(struct cpu *c)
{
	if (waiting_begins(c)) {
		start_at_page(waiting_for_sipi(c));
		waiting_ends(c);
		return;
	}
	vmwrite(GUEST_ACTIVITY, ACTIVITY_WAIT_FOR_SIPI);
	c->entry_state = CPU_WAITING;
}

void exit_init(struct cpu *c, struct regs *regs)
{
	reset_processor(c, regs);
	if (!(rdmsr(IA32_APIC_BASE) & APIC_BASE_BSP))
		wait_for_sipi(c);
}

void exit_sipi(struct cpu *c, struct regs *regs)
{
	(void)regs;
	c->entry_state = CPU_GUEST;
	waiting_ends(c);
	start_at_page(vmread(EXIT_QUALIFICATION) & 0xff);
}
