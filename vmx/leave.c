// SPDX-License-Identifier: MIT
#include "vmx/leave.h"

#include "hv/boot_info.h"
#include "hv/log.h"
#include "hv/string.h"
#include "hv/vm.h"
#include "vmx/crs.h"
#include "vmx/guest.h"
#include "vmx/msr.h"
#include "vmx/ops.h"

// vmx/leave.asm reads this by these offsets, at its place in the entry page.
struct leave_state {
	u64 gpr[16];
	u64 cr3;
	u64 rip, rsp, rflags;
	struct descriptor_table gdtr, idtr;
	u16 selector[SEG_COUNT];
	u64 fs_base, gs_base;
};

_Static_assert(offsetof(struct leave_state, cr3) == 128 &&
		       offsetof(struct leave_state, gdtr) == 160 &&
		       offsetof(struct leave_state, selector) == 180 &&
		       offsetof(struct leave_state, fs_base) == 200,
	       "vmx/leave.asm is out of date");

extern struct leave_state leave_state;
extern void leave_native(u64 entry_page_pa) __attribute__((noreturn));

static void restore_msrs(void)
{
	wrmsr(IA32_SYSENTER_CS, vmread(GUEST_SYSENTER_CS));
	wrmsr(IA32_SYSENTER_ESP, vmread(GUEST_SYSENTER_ESP));
	wrmsr(IA32_SYSENTER_EIP, vmread(GUEST_SYSENTER_EIP));
	wrmsr_safe(IA32_DEBUGCTL, vmread(GUEST_DEBUGCTL));
	wrmsr(IA32_PAT, vmread(GUEST_PAT));
	wrmsr(IA32_EFER, vmread(GUEST_EFER));
}

void vmx_leave(struct cpu *c)
{
	struct leave_state *s = &leave_state;
	u64 cr0 = crs_guest_cr0(), cr4 = crs_guest_cr4();

	memcpy(s->gpr, c->regs->gpr, sizeof(s->gpr));
	s->gpr[RAX] = 0;
	s->cr3 = vmread(GUEST_CR3);
	s->rip = vmread(GUEST_RIP);
	s->rsp = vmread(GUEST_RSP);
	s->rflags = vmread(GUEST_RFLAGS);
	s->gdtr = (struct descriptor_table){ vmread(GUEST_GDTR_LIMIT), vmread(GUEST_GDTR_BASE) };
	s->idtr = (struct descriptor_table){ vmread(GUEST_IDTR_LIMIT), vmread(GUEST_IDTR_BASE) };
	for (u32 i = 0; i < SEG_COUNT; i++)
		s->selector[i] = vmread(GUEST_SELECTOR(i));
	s->fs_base = vmread(GUEST_FS_BASE);
	s->gs_base = vmread(GUEST_GS_BASE);
	restore_msrs();
	__atomic_store_n(&c->state, CPU_OFFLINE, __ATOMIC_SEQ_CST);
	vmclear(c->vmcs_pa);
	vmxoff();
	write_cr4(cr4);
	write_cr0(cr0);
	leave_native(boot->block_pa);
}

static void apply_config(struct vm *vm)
{
	for (u32 i = 0; i < boot->protects; i++) {
		const struct boot_protect *p = &boot->protect[i];
		s32 rule = TESSERA_RULE_DENY;
		int error;

		if (p->action != TESSERA_ACTION_DENY || p->name[0])
			rule = vm_rule_create(vm, p->action, p->name, 0, 0);
		error = rule < 0 ? rule : vm_protect(vm, rule, p->gpa, p->length);
		if (error)
			log_error("protect = 0x%lx+0x%lx failed: error %d", p->gpa, p->length,
				  error);
	}
}

static void commit(struct vm *vm)
{
	vm->committed = true;
	vm_announce(vm);
	apply_config(vm);
}

bool boot_call(struct cpu *c, u64 number)
{
	if (number == BOOT_CALL_LEAVE)
		vmx_leave(c);
	if (number != BOOT_CALL_COMMIT)
		return false;
	commit(c->vm);
	return true;
}
