// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * All hypercalls of the driver. Each carries the driver's key, and each error of the hypervisor
 * becomes an errno.
 *
 * The hypervisor takes physical addresses, and a stack or vmalloc'ed memory need not be physically
 * contiguous: data travels in kmalloc'ed buffers.
 */
#include "tessera_calls.h"

#include <asm/asm.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/io.h>
#include <linux/kernel.h>
#include <linux/slab.h>

/*
 * The operator can devirtualize a running machine. VMCALL is an undefined instruction from then on,
 * and the exception table turns it into -EFAULT, which is not an error of the hypervisor. If
 * another hypervisor runs below, it answers with errors of its own.
 */
// clang-format off
#define TESSERA_VMCALL \
	"1:	vmcall\n" \
	"2:\n" _ASM_EXTABLE_TYPE_REG(1b, 2b, EX_TYPE_EFAULT_REG, %%rax)
// clang-format on

#include "tessera/call.h"
#include "tessera_key.h"

// clang-format off
static const int call_errors[] = {
	[-TESSERA_OK]           = 0,
	[-TESSERA_UNKNOWN_CALL] = -EOPNOTSUPP,
	[-TESSERA_BAD_ARGUMENT] = -EINVAL,
	[-TESSERA_BAD_ADDRESS]  = -ENXIO,
	[-TESSERA_NO_MEMORY]    = -ENOMEM,
	[-TESSERA_NOT_FOUND]    = -ENOENT,
	[-TESSERA_EXISTS]       = -EEXIST,
	[-TESSERA_SEALED]       = -EPERM,
	[-TESSERA_DENIED]       = -EACCES,
	[-TESSERA_UNSUPPORTED]  = -EOPNOTSUPP,
	[-TESSERA_BUSY]         = -EBUSY,
	[-TESSERA_IN_USE]       = -EBUSY,
	[-TESSERA_PROTECTED]    = -EFAULT,
	[-TESSERA_LIMIT]        = -ENOSPC,
};

// clang-format on

static_assert(ARRAY_SIZE(call_errors) <= EFAULT);

static int call_errno(s64 err)
{
	if (err <= 0 && err > -(s64)ARRAY_SIZE(call_errors))
		return call_errors[-err];
	/* A newer hypervisor may know errors that this driver does not. */
	return tessera_present() ? -EIO : -ENODEV;
}

/* Makes a call of which only the error matters. */
static int call_for_error(enum tessera_call call, u64 first, u64 second, u64 third)
{
	return call_errno(tessera_call(call, first, second, third, 0, tessera_key()).error);
}

/*
 * Makes a call that fills in a structure, whose address is the second argument, and copies the
 * structure to @data. May sleep.
 */
static struct tessera_result call_for_data(enum tessera_call call, u64 first, u64 third, u64 fourth,
					   void *data, size_t size)
{
	struct tessera_result r = { .error = TESSERA_NO_MEMORY };
	void *buffer = kzalloc(size, GFP_KERNEL);

	if (!buffer)
		return r;
	r = tessera_call(call, first, virt_to_phys(buffer), third, fourth, tessera_key());
	if (!r.error)
		memcpy(data, buffer, size);
	kfree(buffer);
	return r;
}

/**
 * tessera_abi_version() - identify the hypervisor below this kernel
 *
 * Context: Any context.
 * Return: The ABI version of Tessera, or 0 without a hypervisor or with another one.
 */
u32 tessera_abi_version(void)
{
	return tessera_present();
}

/**
 * tessera_protect() - protect memory
 * @rule: number of a rule, for example %TESSERA_RULE_DENY
 * @start: physical address of the first byte
 * @length: number of bytes
 *
 * The region is exact to the byte. When the function returns 0, the rule is in force on every CPU.
 *
 * Context: Any context.
 * Return: 0 or a negative errno.
 */
int tessera_protect(u32 rule, phys_addr_t start, u64 length)
{
	return call_for_error(TESSERA_CALL_PROTECT, rule, start, length);
}
EXPORT_SYMBOL_GPL(tessera_protect);

/**
 * tessera_unprotect() - remove a region
 * @rule: number of the region's rule
 * @start: physical address of the region
 * @length: number of bytes of the region
 *
 * Rule, start and length have to be those of tessera_protect().
 *
 * Context: Any context.
 * Return: 0 or a negative errno.
 */
int tessera_unprotect(u32 rule, phys_addr_t start, u64 length)
{
	return call_for_error(TESSERA_CALL_UNPROTECT, rule, start, length);
}
EXPORT_SYMBOL_GPL(tessera_unprotect);

/**
 * tessera_access_get() - read access maps
 * @page: physical address of the first page
 * @pages: number of pages, at most %TESSERA_ACCESS_MAX
 * @maps: one map for each page; bit i is set if tile i can be written
 *
 * The maps show what is in force, regions included.
 *
 * Context: Process context. May sleep.
 * Return: 0 or a negative errno.
 */
int tessera_access_get(phys_addr_t page, u32 pages, u32 *maps)
{
	u32 *buffer;
	int err;

	if (!pages || pages > TESSERA_ACCESS_MAX)
		return -EINVAL;
	buffer = kcalloc(pages, sizeof(*buffer), GFP_KERNEL);
	if (!buffer)
		return -ENOMEM;
	err = call_for_error(TESSERA_CALL_ACCESS_GET, page, pages, virt_to_phys(buffer));
	if (!err)
		memcpy(maps, buffer, pages * sizeof(*maps));
	kfree(buffer);
	return err;
}
EXPORT_SYMBOL_GPL(tessera_access_get);

/**
 * tessera_access_set() - set access maps
 * @page: physical address of the first page
 * @pages: number of pages, at most %TESSERA_ACCESS_MAX
 * @maps: one map for each page; bit i is set if tile i can be written
 *
 * Context: Process context. May sleep.
 * Return: 0 or a negative errno.
 */
int tessera_access_set(phys_addr_t page, u32 pages, const u32 *maps)
{
	u32 *buffer;
	int err;

	if (!pages || pages > TESSERA_ACCESS_MAX)
		return -EINVAL;
	buffer = kmemdup(maps, pages * sizeof(*maps), GFP_KERNEL);
	if (!buffer)
		return -ENOMEM;
	err = call_for_error(TESSERA_CALL_ACCESS_SET, page, pages, virt_to_phys(buffer));
	kfree(buffer);
	return err;
}
EXPORT_SYMBOL_GPL(tessera_access_set);

/**
 * tessera_rule_create() - create a rule
 * @rule: the rule; its number is filled in
 *
 * Context: Process context. May sleep.
 * Return: 0 or a negative errno.
 */
int tessera_rule_create(struct tessera_rule *rule)
{
	struct tessera_rule *buffer = kmemdup(rule, sizeof(*rule), GFP_KERNEL);
	struct tessera_result r;

	if (!buffer)
		return -ENOMEM;
	r = tessera_call(TESSERA_CALL_RULE_CREATE, virt_to_phys(buffer), 0, 0, 0, tessera_key());
	kfree(buffer);
	if (!r.error)
		rule->number = r.value;
	return call_errno(r.error);
}
EXPORT_SYMBOL_GPL(tessera_rule_create);

/**
 * tessera_rule_delete() - delete a rule that no region carries
 * @number: number of the rule
 *
 * Context: Any context.
 * Return: 0 or a negative errno.
 */
int tessera_rule_delete(u32 number)
{
	return call_for_error(TESSERA_CALL_RULE_DELETE, number, 0, 0);
}
EXPORT_SYMBOL_GPL(tessera_rule_delete);

/**
 * tessera_rule_get() - read a rule
 * @number: number of the rule
 * @rule: filled in
 *
 * Context: Process context. May sleep.
 * Return: The number of the next rule, 0 after the last one, or a negative errno.
 */
int tessera_rule_get(u32 number, struct tessera_rule *rule)
{
	struct tessera_result r =
		call_for_data(TESSERA_CALL_RULE_GET, number, 0, 0, rule, sizeof(*rule));

	if (r.error)
		return call_errno(r.error);
	/* Rule 0 is the first one, so it never follows another rule. */
	return r.value == U64_MAX ? 0 : r.value;
}
EXPORT_SYMBOL_GPL(tessera_rule_get);

/**
 * tessera_seal() - seal a rule until the machine is reset
 * @rule: number of the rule, or %U32_MAX for the whole policy
 *
 * Context: Any context.
 * Return: 0 or a negative errno.
 */
int tessera_seal(u32 rule)
{
	u64 which = rule == U32_MAX ? U64_MAX : rule;

	return call_for_error(TESSERA_CALL_SEAL, which, 0, 0);
}
EXPORT_SYMBOL_GPL(tessera_seal);

/**
 * tessera_region_get() - read a region
 * @index: index of the region in the order of addresses, from 0 on
 * @region: filled in
 *
 * Context: Process context. May sleep.
 * Return: 0 or a negative errno; ENOENT after the last region.
 */
int tessera_region_get(u64 index, struct tessera_region *region)
{
	struct tessera_result r =
		call_for_data(TESSERA_CALL_REGION_GET, index, 0, 0, region, sizeof(*region));

	return call_errno(r.error);
}
EXPORT_SYMBOL_GPL(tessera_region_get);

/**
 * tessera_query() - ask the hypervisor for a number
 * @what: which number; one that is counted per CPU is that of the calling CPU
 * @value: filled in
 *
 * Context: Any context.
 * Return: 0 or a negative errno.
 */
int tessera_query(enum tessera_query what, u64 *value)
{
	struct tessera_result r = tessera_call_query(what);

	*value = r.value;
	return call_errno(r.error);
}
EXPORT_SYMBOL_GPL(tessera_query);

/**
 * tessera_statistics() - read the hypervisor's counters
 * @statistics: filled in; counters that the hypervisor does not know are 0
 *
 * Context: Process context. May sleep.
 * Return: 0 or a negative errno.
 */
int tessera_statistics(struct tessera_statistics *statistics)
{
	struct tessera_statistics *buffer = kzalloc(sizeof(*buffer), GFP_KERNEL);
	int err;

	if (!buffer)
		return -ENOMEM;
	err = call_for_error(TESSERA_CALL_STATISTICS, virt_to_phys(buffer), sizeof(*buffer), 0);
	*statistics = *buffer;
	kfree(buffer);
	return err;
}
EXPORT_SYMBOL_GPL(tessera_statistics);

/**
 * tessera_log_read() - read lines of a log of the hypervisor
 * @log: which log
 * @sequence: sequence number of the first line to read
 * @line: filled in, room for @lines lines
 * @lines: number of lines to read; more than %TESSERA_LOG_MAX are never read
 *
 * Context: Process context. May sleep.
 * Return: The number of lines read, or a negative errno.
 */
int tessera_log_read(enum tessera_log log, u64 sequence, struct tessera_log_line *line, u32 lines)
{
	u32 most = min(lines, TESSERA_LOG_MAX);
	struct tessera_result r = call_for_data(TESSERA_CALL_LOG_READ, sequence, most, log, line,
						most * sizeof(*line));

	return r.error ? call_errno(r.error) : r.value;
}
EXPORT_SYMBOL_GPL(tessera_log_read);

/**
 * tessera_batch() - carry out many changes of the policy, all or none
 * @operations: physically contiguous
 * @count: number of operations, 1 to %TESSERA_BATCH_MAX
 * @failed: after an error, the index of an operation that failed, below @count
 *
 * The hypervisor makes the changes with a single shootdown.
 *
 * Context: Any context.
 * Return: 0 or a negative errno: then nothing has changed.
 */
int tessera_batch(struct tessera_operation *operations, u32 count, u32 *failed)
{
	struct tessera_result r = tessera_call(TESSERA_CALL_BATCH, virt_to_phys(operations), count,
					       0, 0, tessera_key());

	/* An error that is not about an operation does not say which one failed. */
	*failed = min_t(u64, r.value, count - 1);
	return call_errno(r.error);
}

/**
 * tessera_claim() - become the key holder
 * @key: filled in
 *
 * Context: Any context.
 * Return: 0 or a negative errno; EEXIST when the driver is the key holder already.
 */
int tessera_claim(u64 *key)
{
	struct tessera_result r = tessera_call(TESSERA_CALL_CLAIM, 0, 0, 0, 0, tessera_key());

	if (!r.error)
		*key = r.value;
	return call_errno(r.error);
}

/**
 * tessera_release() - give the key back
 *
 * Context: Any context.
 * Return: 0 or a negative errno; ENOENT when there is no key holder.
 */
int tessera_release(void)
{
	return call_for_error(TESSERA_CALL_RELEASE, 0, 0, 0);
}

/**
 * tessera_lockdown() - refuse every change of the policy until the machine is reset
 *
 * Context: Any context.
 * Return: 0 or a negative errno.
 */
int tessera_lockdown(void)
{
	return call_for_error(TESSERA_CALL_LOCKDOWN, 0, 0, 0);
}

/**
 * tessera_events_start() - give the hypervisor an event ring
 * @ring: memory from the page allocator
 * @pages: number of pages, at most %TESSERA_RING_PAGES
 * @records: filled in with the number of records that fit
 *
 * The hypervisor writes to the memory until tessera_events_stop() succeeds.
 *
 * Context: Any context.
 * Return: 0 or a negative errno; EEXIST when the hypervisor has a ring already.
 */
int tessera_events_start(void *ring, u32 pages, u64 *records)
{
	struct tessera_result r = tessera_call(TESSERA_CALL_EVENTS_START, virt_to_phys(ring), pages,
					       0, 0, tessera_key());

	if (!r.error)
		*records = r.value;
	return call_errno(r.error);
}

/**
 * tessera_events_stop() - take the event ring back
 *
 * Context: Any context.
 * Return: 0 or a negative errno; ENOENT when the hypervisor has no ring.
 */
int tessera_events_stop(void)
{
	return call_for_error(TESSERA_CALL_EVENTS_STOP, 0, 0, 0);
}
