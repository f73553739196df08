// SPDX-License-Identifier: MIT
// Filling a VMCS. Manual: "Virtual-Machine Control Structures", "VM Entries".
#include "vmx/vmcs/setup.h"

#include "hv/core/host.h"
#include "hv/core/operator.h"
#include "hv/core/vm.h"
#include "hv/lib/string.h"
#include "hv/x86/control_regs.h"
#include "hv/x86/msr.h"
#include "vmx/exit/cr.h"
#include "vmx/vmcs/requirements.h"
#include "vmx/vmcs/vmcs.h"

#define EPTP_WRITE_BACK 6ULL
#define EPTP_4_LEVELS   (3ULL << 3)

#define TSS_LIMIT       0x67

u64 vmx_eptp(const struct vm *vm, const u64 *root)
{
	return pool_pa(vm->pool, root) | EPTP_4_LEVELS | EPTP_WRITE_BACK;
}

static void set_controls(const struct cpu *c, const struct vmx_capability *cap)
{
	const struct vm *vm = c->vm;
	u32 secondary = SECONDARY_RDTSCP | SECONDARY_INVPCID | SECONDARY_XSAVES |
			SECONDARY_USER_WAIT | (vm->policy.hardware ? SECONDARY_SPP : 0);
	u32 timer = operator_is_served_by(c)
			    ? vmx_control(cap->pin, 0, PIN_PREEMPTION_TIMER) & PIN_PREEMPTION_TIMER
			    : 0;
	// Saved at each exit: a timer that restarted at every VM entry would never expire in a
	// guest that exits often.
	u32 exit = EXIT_LOAD_CET | (timer ? EXIT_SAVE_TIMER : 0);

	vmwrite(PIN_CONTROLS, vmx_control(cap->pin, vmx_required(VMX_WORD_PIN), timer));
	vmwrite(PRIMARY_CONTROLS, vmx_control(cap->primary, vmx_required(VMX_WORD_PRIMARY), 0));
	vmwrite(SECONDARY_CONTROLS,
		vmx_control(cap->secondary, vmx_required(VMX_WORD_SECONDARY), secondary));
	vmwrite(EXIT_CONTROLS, vmx_control(cap->exit, vmx_required(VMX_WORD_EXIT), exit));
	vmwrite(ENTRY_CONTROLS,
		vmx_control(cap->entry, vmx_required(VMX_WORD_ENTRY), ENTRY_LOAD_CET));
	vmwrite(EXCEPTION_BITMAP, 0);
	vmwrite(PAGE_FAULT_MASK, 0);
	vmwrite(PAGE_FAULT_MATCH, 0);
	vmwrite(CR3_TARGET_COUNT, 0);
	vmwrite(EXIT_MSR_STORE_COUNT, 0);
	vmwrite(EXIT_MSR_LOAD_COUNT, 0);
	vmwrite(ENTRY_MSR_LOAD_COUNT, 0);
	vmwrite(ENTRY_INTERRUPTION_INFO, 0);
	vmwrite(VMCS_LINK_POINTER, ~0ULL);
	vmwrite(VPID, c->number + 1);
	vmwrite(MSR_BITMAP, pool_pa(vm->pool, vm->msr_bitmap));
	vmwrite(IO_BITMAP_A, pool_pa(vm->pool, vm->io_bitmap[0]));
	vmwrite(IO_BITMAP_B, pool_pa(vm->pool, vm->io_bitmap[1]));
	vmwrite(EPT_POINTER, vmx_eptp(vm, vm->ept.root));
	if (vm->policy.hardware)
		vmwrite(SPPT_POINTER, pool_pa(vm->pool, vm->policy.sppt.root));
	if (vmx_control(cap->secondary, 0, SECONDARY_XSAVES) & SECONDARY_XSAVES)
		vmwrite(XSS_EXITING_BITMAP, 0);
	if (timer)
		vmwrite(PREEMPTION_TIMER, 0);
}

static void set_host(const struct cpu *c, const struct vmx_capability *cap)
{
	vmwrite(HOST_CR0, read_cr0());
	vmwrite(HOST_CR3, boot->host_cr3);
	vmwrite(HOST_CR4, read_cr4());
	vmwrite(HOST_CS, HOST_CODE_SELECTOR);
	vmwrite(HOST_SS, 0);
	vmwrite(HOST_DS, 0);
	vmwrite(HOST_ES, 0);
	vmwrite(HOST_FS, 0);
	vmwrite(HOST_GS, 0);
	vmwrite(HOST_TR, HOST_TSS_SELECTOR);
	vmwrite(HOST_FS_BASE, 0);
	vmwrite(HOST_GS_BASE, (u64)c);
	vmwrite(HOST_TR_BASE, (u64)&c->tss);
	vmwrite(HOST_GDTR_BASE, (u64)c->gdt);
	vmwrite(HOST_IDTR_BASE, host_idt_base());
	vmwrite(HOST_SYSENTER_CS, 0);
	vmwrite(HOST_SYSENTER_ESP, 0);
	vmwrite(HOST_SYSENTER_EIP, 0);
	vmwrite(HOST_PAT, rdmsr(IA32_PAT));
	vmwrite(HOST_EFER, rdmsr(IA32_EFER));
	vmwrite(HOST_RSP, (u64)c->stack_top);
	vmwrite(HOST_RIP, (u64)vmx_exit);
	if (vmx_control(cap->exit, 0, EXIT_LOAD_CET) & EXIT_LOAD_CET) {
		vmwrite(HOST_S_CET, 0);
		vmwrite(HOST_SSP, 0);
		vmwrite(HOST_SSP_TABLE, 0);
	}
}

// The result of LAR, shifted, has the VMCS format except bits 11:8, which belong to the limit in a
// descriptor.
static u32 vmcs_rights(const struct native_segment *s)
{
	return s->selector && s->rights ? (s->rights >> 8) & 0xf0ff : RIGHTS_UNUSABLE;
}

static void set_guest_segments(const struct native *n)
{
	for (u32 i = 0; i < SEG_COUNT; i++) {
		vmwrite(GUEST_SELECTOR(i), n->segment[i].selector);
		vmwrite(GUEST_LIMIT(i), n->segment[i].limit);
		vmwrite(GUEST_RIGHTS(i), vmcs_rights(&n->segment[i]));
		vmwrite(GUEST_BASE(i), 0);
	}
	vmwrite(GUEST_BASE(SEG_FS), rdmsr(IA32_FS_BASE));
	vmwrite(GUEST_BASE(SEG_GS), rdmsr(IA32_GS_BASE));

	// VM entry requires a usable, busy TSS; most firmware has loaded no TSS.
	const u64 *tr = n->tr_descriptor;

	vmwrite(GUEST_RIGHTS(SEG_TR), RIGHTS_BUSY_TSS);
	if (n->segment[SEG_TR].selector)
		vmwrite(GUEST_BASE(SEG_TR),
			((tr[0] >> 16) & 0xffffff) | ((tr[0] >> 56) << 24) | (tr[1] << 32));
	else
		vmwrite(GUEST_LIMIT(SEG_TR), TSS_LIMIT);
	vmwrite(GUEST_GDTR_BASE, n->gdtr.base);
	vmwrite(GUEST_GDTR_LIMIT, n->gdtr.limit);
	vmwrite(GUEST_IDTR_BASE, n->idtr.base);
	vmwrite(GUEST_IDTR_LIMIT, n->idtr.limit);
}

static void set_guest(const struct vmx_capability *cap, const struct native *n)
{
	u64 debugctl;

	set_guest_segments(n);
	crs_init();
	vmwrite(GUEST_CR3, n->cr3);
	vmwrite(GUEST_DR7, read_dr7());
	vmwrite(GUEST_RSP, n->rsp);
	vmwrite(GUEST_RIP, n->rip);
	vmwrite(GUEST_RFLAGS, n->rflags);
	vmwrite(GUEST_EFER, n->efer);
	vmwrite(GUEST_PAT, rdmsr(IA32_PAT));
	vmwrite(GUEST_DEBUGCTL, rdmsr_safe(IA32_DEBUGCTL, &debugctl) ? debugctl : 0);
	vmwrite(GUEST_SYSENTER_CS, rdmsr(IA32_SYSENTER_CS));
	vmwrite(GUEST_SYSENTER_ESP, rdmsr(IA32_SYSENTER_ESP));
	vmwrite(GUEST_SYSENTER_EIP, rdmsr(IA32_SYSENTER_EIP));
	vmwrite(GUEST_INTERRUPTIBILITY, 0);
	vmwrite(GUEST_ACTIVITY, ACTIVITY_ACTIVE);
	vmwrite(GUEST_PENDING_DEBUG, 0);
	if (vmx_control(cap->entry, 0, ENTRY_LOAD_CET) & ENTRY_LOAD_CET) {
		vmwrite(GUEST_S_CET, rdmsr(IA32_S_CET));
		vmwrite(GUEST_SSP, 0);
		vmwrite(GUEST_SSP_TABLE, rdmsr(IA32_SSP_TABLE));
	}
}

s32 vmx_start(struct cpu *c, const struct vmx_capability *cap, const struct native *native)
{
	u32 revision = (u32)cap->basic & 0x7fffffff;

	*(u32 *)pool_va(&pool, c->vmxon_pa) = revision;
	*(u32 *)pool_va(&pool, c->vmcs_pa) = revision;
	crs_enter_vmx(cap);
	if (!vmxon(c->vmxon_pa)) {
		crs_leave_vmx();
		return BOOT_VMXON;
	}
	vmclear(c->vmcs_pa);
	vmptrld(c->vmcs_pa);
	set_controls(c, cap);
	set_host(c, cap);
	set_guest(cap, native);
	return BOOT_OK;
}

void vmx_stop(void)
{
	vmxoff();
	crs_leave_vmx();
}
