// SPDX-License-Identifier: MIT
// From the loader's call to the guest: the first CPU sets up the VM, then each CPU enters it.
#include "hv/console/console.h"
#include "hv/core/host.h"
#include "hv/core/log.h"
#include "hv/core/panic.h"
#include "hv/core/vm.h"
#include "hv/x86/apic.h"
#include "hv/x86/io.h"
#include "hv/x86/native.h"
#include "vmx/check/entry_check.h"
#include "vmx/exit/memory_types.h"
#include "vmx/exit/msr_filter.h"
#include "vmx/exit/super_io.h"
#include "vmx/exit/timing.h"
#include "vmx/step/open.h"
#include "vmx/vmcs/controls.h"
#include "vmx/vmcs/setup.h"
#include "vmx/vmcs/vmcs.h"

// hv/x86/native.inc repeats these for NASM.
_Static_assert(offsetof(struct native, efer) == 80 && offsetof(struct native, back) == 88 &&
		       offsetof(struct native, segment) == 112 &&
		       offsetof(struct native, gdtr) == 208 && sizeof(struct native) <= 232,
	       "hv/x86/native.inc is out of date");
_Static_assert(offsetof(struct boot_info, block_pa) == 0 &&
		       offsetof(struct boot_info, host_cr3) == 24,
	       "hv/entry/entry.asm is out of date");

struct vm vm0;
struct boot_info *boot;
struct pool pool;

#define LOG_SIZE (17 * PAGE_SIZE) // two logs of 256 lines each

static struct vmx_capability first_capability;

u32 cpu_number(void)
{
	return vm0.cpus ? cpu_this()->number : 0;
}

static u8 max_leaf_level(u64 ept_vpid)
{
	return ept_vpid & EPT_CAP_1G ? 3 : ept_vpid & EPT_CAP_2M ? 2 : 1;
}

static void intercept_port(struct vm *vm, u32 port)
{
	vm->io_bitmap[port >> 15][(port & 0x7fff) / 8] |= BIT(port % 8);
}

// Hides our UART from the guest, and intercepts the ports that could move it, and the A20 gate.
static void hide_ports(struct vm *vm)
{
	u16 first, last;

	intercept_port(vm, PORT_CONTROL_A);
	if (!console_ports(&first, &last))
		return;
	for (u32 port = 0; port < 0x10000; port++)
		if (super_io_owns(port) || (port >= first && port <= last))
			intercept_port(vm, port);
}

static bool has_spp(const struct vmx_capability *cap)
{
	return vmx_control(cap->secondary, 0, SECONDARY_SPP) & SECONDARY_SPP;
}

static bool wants_hardware(const struct vmx_capability *cap)
{
	return has_spp(cap) && boot->engine != BOOT_ENGINE_SOFTWARE;
}

// The rule by which interrupt commands are trapped (vmx/exit/icr_trap.c).
static s32 icr_trap_rule(struct vm *vm)
{
	s32 rule = rule_create(&vm->policy.rules, TESSERA_ACTION_AUDIT, "apic", 0, 0);

	if (rule < 0)
		return BOOT_NO_MEMORY;
	rule_get(&vm->policy.rules, rule)->flags |= TESSERA_RULE_BUILTIN;
	vm->icr_trap.rule = rule;
	return BOOT_OK;
}

// docs/locking.md gives the order. The pool's lock has its rank from pool_init.
static void rank_locks(struct vm *vm)
{
	vm->change.lock.rank = LOCK_CHANGE;
	vm->icr_trap.lock.rank = LOCK_ICR_TRAP;
	vm->ring.lock.rank = LOCK_RING;
	vm->devirt.lock.rank = LOCK_DEVIRT;
	vm->freeze.lock.rank = LOCK_FREEZE;
	vm->timing.lock.rank = LOCK_TIMING;
	vm->super_io.lock.rank = LOCK_SUPER_IO;
}

static s32 create_vm(struct vm *vm, const struct vmx_capability *cap)
{
	struct mtrr_state types;

	rank_locks(vm);
	mtrrs_read(&types);
	vm->types.first = types;
	vm->pool = &pool;
	vm->started = rdtsc();
	vm->spp_available = has_spp(cap);
	vm->msr_bitmap = pool_alloc(&pool);
	vm->io_bitmap[0] = pool_alloc(&pool);
	vm->io_bitmap[1] = pool_alloc(&pool);
	if (!vm->msr_bitmap || !vm->io_bitmap[0] || !vm->io_bitmap[1])
		return BOOT_NO_MEMORY;
	vm->sipi.mode = cap->misc & MISC_WAIT_FOR_SIPI ? boot->sipi : BOOT_SIPI_SOFTWARE;
	if (ept_create(&vm->ept, &pool, MIN(cap->addr_bits, EPT_MAX_ADDR_BITS),
		       max_leaf_level(cap->ept_vpid), &types, boot->block_pa,
		       boot->block_pa + boot->block_size) ||
	    policy_init(&vm->policy, &pool, &vm->ept, wants_hardware(cap)))
		return BOOT_NO_MEMORY;
	vm->policy.lock.rank = LOCK_POLICY;
	msrs_fill_bitmap(vm->msr_bitmap);
	timing_init(vm);
	hide_ports(vm);
	return icr_trap_rule(vm);
}

// The log is at the end of the block, and the loader does not clear it. After a warm reset the
// loader takes the same block again if it can, and the last log is found there.
static void create_pool(const struct boot_info *info)
{
	u64 start = info->pool_offset, end = info->block_size - LOG_SIZE;
	struct tessera_log_line line;

	pool_init(&pool, (u8 *)HV_BASE + start, info->block_pa + start, end - start);
	log_init((u8 *)HV_BASE + end, LOG_SIZE, info->log_level);
	if (log_previous(1, &line))
		log_info("the log from before the reset is kept: `log previous`");
}

// Runs once, on the first CPU.
static s32 create_world(struct boot_info *info, const struct vmx_capability *cap)
{
	volatile void *apic;

	boot = info;
	first_capability = *cap;
	create_pool(info);
	console_init(cap->misc & MISC_TIMER_SHIFT);
	apic = host_map_device(apic_page());
	if (!apic)
		return BOOT_NO_MEMORY;
	apic_init(apic);
	return create_vm(&vm0, cap);
}

// Every CPU must have the controls that the VM was built for.
static s32 compare_capability(const struct vmx_capability *cap)
{
	const struct vmx_capability *first = &first_capability;
	bool same = cap->addr_bits == first->addr_bits && cap->ept_vpid == first->ept_vpid &&
		    cap->basic == first->basic &&
		    !((first->secondary ^ cap->secondary) >> 32 & SECONDARY_SPP);

	return same ? BOOT_OK : BOOT_CPU_MISMATCH;
}

static s32 launch_cpu(struct cpu *c, const struct vmx_capability *cap, const struct native *native)
{
	s32 error = vmx_start(c, cap, native);

	if (error)
		return error;
	c->apic_id = apic_id();
	c->entry_state = CPU_GUEST;
	c->state = CPU_GUEST;
	entry_check(c);
	vmx_launch();
	c->state = CPU_OFFLINE;
	log_error("cpu %u: VMLAUNCH failed, error %u", c->number, (u32)vmread(INSTRUCTION_ERROR));
	vmx_stop();
	return BOOT_VMLAUNCH;
}

// Called by hv/entry/entry.asm. Returns only when this CPU stays native.
s32 cpu_enter(struct boot_info *info, u32 number, const struct native *native);

s32 cpu_enter(struct boot_info *info, u32 number, const struct native *native)
{
	struct vmx_capability cap;
	struct cpu *c;
	s32 error = vmx_capability_read(&cap, info->engine);

	if (!error)
		error = number == 0 ? create_world(info, &cap) : compare_capability(&cap);
	if (error)
		return error;
	c = host_create_cpu(&vm0, number);
	if (!c || step_create(c))
		return BOOT_NO_MEMORY;
	host_load(c);
	vm0.cpu[vm0.cpus++] = c;
	error = launch_cpu(c, &cap, native);
	vm0.cpus--;
	host_unload();
	return error;
}
