// SPDX-License-Identifier: MIT
#include "hv/call/loader.h"

#include "hv/core/log.h"
#include "hv/core/vm.h"
#include "hv/core/work.h"
#include "hv/lib/boot_info.h"
#include "vmx/exit/icr_trap.h"

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

static void commit_launch(struct vm *vm)
{
	vm->committed = true;
	vm_announce(vm);
	apply_config(vm);
	if (vm->cpus > 1)
		icr_trap_renew(vm); // the system that starts now is going to start them
}

bool call_from_loader(struct cpu *c, u64 number)
{
	if (number == BOOT_CALL_DEVIRTUALIZE)
		work_add(c, WORK_DEVIRTUALIZE); // once RAX is set, instead of the next VM entry
	else if (number == BOOT_CALL_COMMIT)
		commit_launch(c->vm);
	else
		return false;
	return true;
}
