// SPDX-License-Identifier: GPL-2.0 OR MIT
// The calls that see and change what is protected, with Linux's error numbers.
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/io.h>
#include <linux/slab.h>

#include "tessera.h"
#include "tessera/call.h"

// No claim is made yet, so no call carries a key.
#define NO_KEY 0

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

int tessera_protect(u32 rule, phys_addr_t start, u64 length)
{
	return to_errno(tessera_call_protect(rule, start, length, NO_KEY));
}
EXPORT_SYMBOL_GPL(tessera_protect);

int tessera_unprotect(u32 rule, phys_addr_t start, u64 length)
{
	return to_errno(tessera_call_unprotect(rule, start, length, NO_KEY));
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
	error = to_errno(tessera_call_access_get(page, pages, virt_to_phys(buffer), NO_KEY));
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
	error = to_errno(tessera_call_access_set(page, pages, virt_to_phys(buffer), NO_KEY));
	kfree(buffer);
	return error;
}
EXPORT_SYMBOL_GPL(tessera_access_set);

int tessera_query(enum tessera_query what, u64 *value)
{
	struct tessera_result r = tessera_call_query(what);

	*value = r.value;
	return to_errno(r.error);
}
EXPORT_SYMBOL_GPL(tessera_query);
