// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "attack.h"

#include <asm/pgtable.h>
#include <linux/delay.h>
#include <linux/kprobes.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/vmalloc.h>

#include "tessera/call.h"

#define HOOK 0x1000deadULL

// The table that a rootkit puts its own function into. No module may know its address, and so they
// all go this way.
static unsigned long table;

static int find_table(void)
{
	struct kprobe probe = { .symbol_name = "kallsyms_lookup_name" };
	unsigned long (*look_up)(const char *name);
	int error = register_kprobe(&probe);

	if (error)
		return error;
	look_up = (void *)probe.addr;
	unregister_kprobe(&probe);
	table = look_up("sys_call_table");
	say("table 0x%lx\n", table);
	return table ? 0 : -ENOENT;
}

static u64 *entry(void)
{
	return (u64 *)table;
}

static void tell(const char *how, u64 before, bool stored)
{
	say("%s: %s, %s, by 0x%llx\n", how, stored ? "stored" : "refused",
	    READ_ONCE(*entry()) == before ? "the same" : "changed", store_rip());
}

static void set_cr0(unsigned long value)
{
	asm volatile("mov %0, %%cr0" : : "r"(value) : "memory");
}

// The page tables say "read-only", and the processor is told not to care.
static bool store_without_wp(u64 value)
{
	unsigned long cr0, flags;
	bool stored;

	local_irq_save(flags);
	asm volatile("mov %%cr0, %0" : "=r"(cr0));
	set_cr0(cr0 & ~X86_CR0_WP);
	stored = store_word(entry(), value);
	set_cr0(cr0);
	local_irq_restore(flags);
	return stored;
}

static void wp(void)
{
	u64 before = READ_ONCE(*entry());

	tell("wp", before, store_without_wp(HOOK));
	if (READ_ONCE(*entry()) != before)
		store_without_wp(before);
}

// The same page a second time, at an address where it is writable.
static u64 *map_again(void)
{
	struct page *page = pfn_to_page(PHYS_PFN(slow_virt_to_phys(entry())));
	u8 *alias = vmap(&page, 1, VM_MAP, PAGE_KERNEL);

	return alias ? (u64 *)(alias + offset_in_page(entry())) : NULL;
}

static void unmap(u64 *alias)
{
	vunmap((void *)((unsigned long)alias & PAGE_MASK));
}

static void alias(void)
{
	u64 before = READ_ONCE(*entry()), *where = map_again();

	if (!where)
		return;
	tell("alias", before, store_word(where, HOOK));
	if (READ_ONCE(*entry()) != before)
		store_word(where, before);
	unmap(where);
}

// Without the care that store_word() takes: the kernel is to end this thread and to live on.
static int write_without_care(void *where)
{
	WRITE_ONCE(*(u64 *)where, HOOK);
	say("careless: it lived\n");
	return 0;
}

static void careless(void)
{
	u64 before = READ_ONCE(*entry()), *where = map_again();
	struct task_struct *thread;

	if (!where)
		return;
	thread = kthread_run(write_without_care, where, "tessera-careless");
	msleep(100);
	say("careless: %s\n", IS_ERR(thread)                  ? "no thread"
			      : READ_ONCE(*entry()) == before ? "the same"
							      : "changed");
	unmap(where);
}

// Calls that nobody but the driver may make once it has claimed the policy.
static void wrong_key(void)
{
	static const enum tessera_call calls[] = {
		TESSERA_CALL_PROTECT, TESSERA_CALL_UNPROTECT,   TESSERA_CALL_SEAL,
		TESSERA_CALL_RELEASE, TESSERA_CALL_EVENTS_STOP, TESSERA_CALL_LOCKDOWN
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(calls); i++)
		say("call %u with a wrong key: %lld\n", calls[i],
		    tessera_call(calls[i], 0, 0x1000, 1, 0, HOOK).error);
}

static const struct {
	const char *name;
	void (*run)(void);
} steps[] = {
	{ "wp", wp },
	{ "alias", alias },
	{ "careless", careless },
	{ "key", wrong_key },
	{ "places", places_tell },
	{ "slab", slab_take },
	{ "neighbours", slab_write },
	{ "drop", slab_drop },
	{ "look", slab_look },
};

static int do_step(const char *name, const struct kernel_param *parameter)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(steps); i++) {
		if (!sysfs_streq(name, steps[i].name))
			continue;
		steps[i].run();
		return 0;
	}
	return -EINVAL;
}

static const struct kernel_param_ops operations = { .set = do_step };
module_param_cb(step, &operations, NULL, 0200);

static int __init start(void)
{
	int error = find_table();

	return error ? error : places_take();
}

static void __exit stop(void)
{
	slab_drop();
	places_drop();
}

module_init(start);
module_exit(stop);
MODULE_LICENSE("Dual MIT/GPL");
MODULE_DESCRIPTION("Attacks on memory that Tessera protects");
