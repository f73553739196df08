// SPDX-License-Identifier: MIT
#include <efi.h>
#include <efilib.h>

#include "boot/cpu/launch.h"
#include "boot/cpu/probe.h"
#include "boot/place/page_rights.h"

// The request to a CPU and its answer. Static, since a CPU that responds too late must not find
// other data on the stack.
struct call {
	struct placement placement;
	u64 cpu;
	s64 result;
};

static u64 interrupts_off(void)
{
	u64 flags;

	__asm__ volatile("pushfq\n"
			 "popq %0\n"
			 "cli"
			 : "=r"(flags)::"memory");
	return flags;
}

static void interrupts_restore(u64 flags)
{
	__asm__ volatile("pushq %0\n"
			 "popfq" ::"r"(flags)
			 : "cc", "memory");
}

static s64 loader_call(u64 number)
{
	u64 rax = number, rdx;

	__asm__ volatile("vmcall" : "+a"(rax), "=d"(rdx)::"cc", "memory");
	return (s64)rax;
}

// The hypervisor sets EFER.NXE with the first instructions, and its first page is executed under
// the firmware's page tables: without NX, or if that page is not executable, this CPU would
// triple-fault.
static s64 enter_block(const struct call *call)
{
	if (!probe_has_nx())
		return BOOT_LACKS(REQUIREMENT_NX);
	if (!(page_rights_here((u64)call->placement.entry) & PAGE_EXECUTE))
		return BOOT_NOT_EXECUTABLE;
	return call->placement.entry(call->placement.info, call->cpu);
}

// Between loading the hypervisor's IDT and the launch no interrupt can be handled, so interrupts
// are off on this CPU during the whole call.
static EFIAPI void enter(void *argument)
{
	struct call *call = argument;
	u64 flags = interrupts_off();
	bool nx_was_off;

	probe_unlock_vmx();
	nx_was_off = probe_enable_nx();
	call->result = enter_block(call);
	if (nx_was_off && call->result != BOOT_OK)
		probe_restore_nx();
	interrupts_restore(flags);
}

static EFIAPI void leave(void *argument)
{
	struct call *call = argument;
	u64 flags = interrupts_off();

	call->result = loader_call(BOOT_CALL_DEVIRTUALIZE);
	interrupts_restore(flags);
}

// Devirtualizes the first `cpus` CPUs, in reverse order. Returns whether all are native again.
static bool roll_back(struct processors *p, u32 cpus)
{
	static struct call call;
	bool off = true;

	while (cpus--)
		off &= !EFI_ERROR(processors_run(p, cpus, leave, &call)) && call.result == BOOT_OK;
	return off;
}

struct launch_result launch(struct processors *p, const struct placement *placement)
{
	static struct call call;
	struct launch_result r = { .error = BOOT_OK };

	for (r.cpu = 0; r.cpu < p->count; r.cpu++) {
		call = (struct call){ *placement, r.cpu, BOOT_OK };
		r.status = processors_run(p, r.cpu, enter, &call);
		r.error = (s32)call.result;
		if (EFI_ERROR(r.status) || r.error != BOOT_OK) {
			r.stuck = !roll_back(p, r.cpu) || r.status == EFI_TIMEOUT;
			return r;
		}
	}
	r.cpu = BOOT_CPUS_MAX;
	r.error = (s32)loader_call(BOOT_CALL_COMMIT);
	if (r.error != BOOT_OK)
		r.stuck = !roll_back(p, p->count);
	return r;
}
