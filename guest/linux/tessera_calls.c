// SPDX-License-Identifier: GPL-2.0 OR MIT
// Every hypercall of this driver, with Linux's error numbers.
#include "tessera_calls.h"

#include <asm/asm.h>
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/io.h>
#include <linux/kernel.h>
#include <linux/slab.h>

// Tessera can be taken off a running machine, and then VMCALL is an undefined instruction: the call
// returns an error that is none of Tessera's (EIO for programs).
// clang-format off
#define TESSERA_VMCALL \
	"1:	vmcall\n" \
	"2:\n" _ASM_EXTABLE_TYPE_REG(1b, 2b, EX_TYPE_EFAULT_REG, %%rax)
// clang-format on

#include "tessera/call.h"
#include "tessera_key.h"

// clang-format off
static const int errors[] = {
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
	[-TESSERA_PROTECTED]    = -EFAULT,
	[-TESSERA_LIMIT]        = -ENOSPC,
};
// clang-format on

static int to_errno(s64 error)
{
	// A newer hypervisor may know errors that this driver does not.
	if (error > 0 || error <= -(s64)ARRAY_SIZE(errors))
		return -EIO;
	return errors[-error];
}

// A call with the driver's key, whose value is not asked for.
static int call(enum tessera_call call, u64 first, u64 second, u64 third)
{
	return to_errno(tessera_call(call, first, second, third, 0, tessera_key()).error);
}

// Makes a call whose answer is a struct, which its second argument locates, and copies the answer
// to `data`. The hypervisor gets a buffer of our own: the caller's may lie on a stack, which need
// not be physically contiguous. May sleep.
static struct tessera_result fill(enum tessera_call call, u64 first, u64 third, u64 fourth,
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

u32 tessera_abi_version(void)
{
	return tessera_present();
}

int tessera_protect(u32 rule, phys_addr_t start, u64 length)
{
	return call(TESSERA_CALL_PROTECT, rule, start, length);
}
EXPORT_SYMBOL_GPL(tessera_protect);

int tessera_unprotect(u32 rule, phys_addr_t start, u64 length)
{
	return call(TESSERA_CALL_UNPROTECT, rule, start, length);
}
EXPORT_SYMBOL_GPL(tessera_unprotect);

// The hypervisor wants the maps physically contiguous, which a stack or vmalloc'ed memory need not
// be: they travel in a buffer of our own.
int tessera_access_get(phys_addr_t page, u32 pages, u32 *maps)
{
	u32 *buffer;
	int error;

	if (!pages || pages > TESSERA_ACCESS_MAX)
		return -EINVAL;
	buffer = kcalloc(pages, sizeof(*buffer), GFP_KERNEL);
	if (!buffer)
		return -ENOMEM;
	error = call(TESSERA_CALL_ACCESS_GET, page, pages, virt_to_phys(buffer));
	if (!error)
		memcpy(maps, buffer, pages * sizeof(*maps));
	kfree(buffer);
	return error;
}
EXPORT_SYMBOL_GPL(tessera_access_get);

int tessera_access_set(phys_addr_t page, u32 pages, const u32 *maps)
{
	u32 *buffer;
	int error;

	if (!pages || pages > TESSERA_ACCESS_MAX)
		return -EINVAL;
	buffer = kmemdup(maps, pages * sizeof(*maps), GFP_KERNEL);
	if (!buffer)
		return -ENOMEM;
	error = call(TESSERA_CALL_ACCESS_SET, page, pages, virt_to_phys(buffer));
	kfree(buffer);
	return error;
}
EXPORT_SYMBOL_GPL(tessera_access_set);

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
	return to_errno(r.error);
}
EXPORT_SYMBOL_GPL(tessera_rule_create);

int tessera_rule_delete(u32 number)
{
	return call(TESSERA_CALL_RULE_DELETE, number, 0, 0);
}
EXPORT_SYMBOL_GPL(tessera_rule_delete);

int tessera_rule_get(u32 number, struct tessera_rule *rule)
{
	struct tessera_result r = fill(TESSERA_CALL_RULE_GET, number, 0, 0, rule, sizeof(*rule));

	if (r.error)
		return to_errno(r.error);
	// Number 0 is the first rule, so it cannot be the next one of any.
	return r.value == U64_MAX ? 0 : r.value;
}
EXPORT_SYMBOL_GPL(tessera_rule_get);

int tessera_seal(u32 rule)
{
	return call(TESSERA_CALL_SEAL, rule == U32_MAX ? U64_MAX : rule, 0, 0); // the whole policy
}
EXPORT_SYMBOL_GPL(tessera_seal);

int tessera_region_get(u64 index, struct tessera_region *region)
{
	return to_errno(fill(TESSERA_CALL_REGION_GET, index, 0, 0, region, sizeof(*region)).error);
}
EXPORT_SYMBOL_GPL(tessera_region_get);

int tessera_query(enum tessera_query what, u64 *value)
{
	struct tessera_result r = tessera_call_query(what);

	*value = r.value;
	return to_errno(r.error);
}
EXPORT_SYMBOL_GPL(tessera_query);

int tessera_statistics(struct tessera_statistics *statistics)
{
	struct tessera_statistics *buffer = kzalloc(sizeof(*buffer), GFP_KERNEL);
	int error;

	if (!buffer)
		return -ENOMEM;
	error = call(TESSERA_CALL_STATISTICS, virt_to_phys(buffer), sizeof(*buffer), 0);
	*statistics = *buffer;
	kfree(buffer);
	return error;
}
EXPORT_SYMBOL_GPL(tessera_statistics);

int tessera_log_read(enum tessera_log log, u64 sequence, struct tessera_log_line *line, u32 lines)
{
	u32 most = min(lines, TESSERA_LOG_MAX);
	struct tessera_result r =
		fill(TESSERA_CALL_LOG_READ, sequence, most, log, line, most * sizeof(*line));

	return r.error ? to_errno(r.error) : r.value;
}
EXPORT_SYMBOL_GPL(tessera_log_read);

int tessera_claim(u64 *key)
{
	struct tessera_result r = tessera_call(TESSERA_CALL_CLAIM, 0, 0, 0, 0, tessera_key());

	if (!r.error)
		*key = r.value;
	return to_errno(r.error);
}

int tessera_release(void)
{
	return call(TESSERA_CALL_RELEASE, 0, 0, 0);
}

int tessera_lockdown(void)
{
	return call(TESSERA_CALL_LOCKDOWN, 0, 0, 0);
}

int tessera_events_start(void *ring, u32 pages, u64 *records)
{
	struct tessera_result r = tessera_call(TESSERA_CALL_EVENTS_START, virt_to_phys(ring), pages,
					       0, 0, tessera_key());

	if (!r.error)
		*records = r.value;
	return to_errno(r.error);
}

int tessera_events_stop(void)
{
	return call(TESSERA_CALL_EVENTS_STOP, 0, 0, 0);
}
