// SPDX-License-Identifier: MIT
#include "vmx/vmcs/guest.h"

#include "hv/core/panic.h"
#include "hv/core/vcpu.h"
#include "vmx/exit/cr.h"

static bool is_canonical(u64 address)
{
	return linear_is_canonical(address, vmread(GUEST_CR4));
}

void guest_advance_slow(struct cpu *c, u64 from, u64 to, u64 rflags)
{
	u64 interruptibility = vmread(GUEST_INTERRUPTIBILITY);

	if ((from ^ to) >> 31) {
		// Outside 64-bit mode RIP has 32 bits. In 64-bit mode a RIP beyond the canonical
		// half would make VM entry fail: inject the fault that the guest would get.
		if (!(vmread(GUEST_RIGHTS(SEG_CS)) & RIGHTS_LONG_MODE))
			to = (u32)to;
		else if (!is_canonical(to) && is_canonical(from))
			return guest_inject_gp(c);
	}
	vmwrite(GUEST_RIP, to);
	if (interruptibility & (BLOCKING_BY_STI | BLOCKING_BY_MOV_SS))
		vmwrite(GUEST_INTERRUPTIBILITY,
			interruptibility & ~(u64)(BLOCKING_BY_STI | BLOCKING_BY_MOV_SS));

	// If the guest is single-stepped, it gets its trap after this instruction too, unless it
	// asked for traps on branches only: no instruction that exits is a branch.
	if (guest_traps(rflags))
		vmwrite(GUEST_PENDING_DEBUG, vmread(GUEST_PENDING_DEBUG) | PENDING_DEBUG_BS);
}

static void inject_event(u32 info, u32 error)
{
	// In real mode no error code is pushed, and VM entry fails with one.
	if (!(vmread(GUEST_CR0) & CR0_PE))
		info &= ~EVENT_ERROR_CODE;
	vmwrite(ENTRY_INTERRUPTION_INFO, info | EVENT_VALID);
	if (info & EVENT_ERROR_CODE)
		vmwrite(ENTRY_EXCEPTION_ERROR, error);
}

// Manual: "Details of Vectored-Event Injection": VM entry pushes the RF that the VMCS has, while
// the processor pushes 1 with a fault, so that a breakpoint of the same instruction is not met
// again.
static void inject_fault(u32 info)
{
	vmwrite(GUEST_RFLAGS, vmread(GUEST_RFLAGS) | RFLAGS_RF);
	inject_event(EVENT_HARDWARE | info, 0);
}

enum fault_class { BENIGN, CONTRIBUTORY, PAGE_FAULT, DOUBLE_FAULT };

static enum fault_class classify_event(u32 info)
{
	static const u8 class[32] = {
		[0] = CONTRIBUTORY,       [VECTOR_DF] = DOUBLE_FAULT, [10] = CONTRIBUTORY,
		[11] = CONTRIBUTORY,      [12] = CONTRIBUTORY,        [VECTOR_GP] = CONTRIBUTORY,
		[VECTOR_PF] = PAGE_FAULT, [21] = CONTRIBUTORY,
	};
	u32 vector = info & EVENT_VECTOR;

	if ((info & EVENT_TYPE) != EVENT_HARDWARE || vector >= 32)
		return BENIGN;
	return class[vector];
}

void guest_inject_gp_during(struct cpu *c, u32 event)
{
	enum fault_class class = event & EVENT_VALID ? classify_event(event) : BENIGN;

	// The CPU blocks NMIs before it pushes the frame of one.
	if ((event & (EVENT_VALID | EVENT_TYPE)) == (EVENT_VALID | EVENT_NMI))
		vmwrite(GUEST_INTERRUPTIBILITY, vmread(GUEST_INTERRUPTIBILITY) | BLOCKING_BY_NMI);
	if (class == DOUBLE_FAULT)
		machine_triple_fault(c);
	else if (class != BENIGN) // an abort
		inject_event(EVENT_HARDWARE | EVENT_ERROR_CODE | VECTOR_DF, 0);
	else
		inject_fault(EVENT_ERROR_CODE | VECTOR_GP);
}

void guest_inject_gp(struct cpu *c)
{
	guest_inject_gp_during(c, vmread(IDT_VECTORING_INFO));
}

void guest_inject_ud(struct cpu *c)
{
	(void)c;
	inject_fault(VECTOR_UD);
}

bool guest_requeue_event(struct cpu *c, u64 qualification)
{
	u32 info = vmread(IDT_VECTORING_INFO);

	(void)c;
	if (!(info & EVENT_VALID)) {
		if (qualification & QUAL_NMI_UNBLOCKING)
			vmwrite(GUEST_INTERRUPTIBILITY,
				vmread(GUEST_INTERRUPTIBILITY) | BLOCKING_BY_NMI);
		return false;
	}
	u32 type = info & EVENT_TYPE;

	// An NMI blocks further ones when it is delivered, so NMIs must not be blocked when it is
	// delivered.
	if (type == EVENT_NMI)
		vmwrite(GUEST_INTERRUPTIBILITY,
			vmread(GUEST_INTERRUPTIBILITY) & ~(u64)BLOCKING_BY_NMI);
	if (type == EVENT_SOFTWARE_INT || type == EVENT_PRIVILEGED_TRAP ||
	    type == EVENT_SOFTWARE_TRAP)
		vmwrite(ENTRY_INSTRUCTION_LENGTH, vmread(EXIT_INSTRUCTION_LENGTH));
	inject_event(info & ~(EVENT_NMI_UNBLOCKING | EVENT_VALID), vmread(IDT_VECTORING_ERROR));
	return true;
}

__attribute__((noinline)) struct paging guest_paging(void)
{
	return (struct paging){ .cr0 = vmread(GUEST_CR0),
				.cr3 = vmread(GUEST_CR3),
				.cr4 = vmread(GUEST_CR4),
				.efer = vmread(GUEST_EFER) };
}

u64 vcpu_rip(void)
{
	return vmread(GUEST_RIP);
}

u64 vcpu_cr3(void)
{
	return vmread(GUEST_CR3);
}

u16 vcpu_event_info(void)
{
	bool delivery = vmread(IDT_VECTORING_INFO) & EVENT_VALID;

	return guest_cpl() | (delivery ? TESSERA_EVENT_DELIVERY : 0);
}

bool vcpu_is_active(void)
{
	return vmread(GUEST_ACTIVITY) == ACTIVITY_ACTIVE;
}
