// SPDX-License-Identifier: GPL-2.0 OR MIT
// The calls that see and change what is protected, with Linux's error numbers.
#include <linux/export.h>
#include <linux/io.h>
#include <linux/slab.h>

#include "errors.h"
#include "owner.h"
#include "tessera.h"
#include "vmcall.h"

int tessera_protect(u32 rule, phys_addr_t start, u64 length)
{
	return to_errno(tessera_call_protect(rule, start, length, owner_key()));
}
EXPORT_SYMBOL_GPL(tessera_protect);

int tessera_unprotect(u32 rule, phys_addr_t start, u64 length)
{
	return to_errno(tessera_call_unprotect(rule, start, length, owner_key()));
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
	error = to_errno(tessera_call_access_get(page, pages, virt_to_phys(buffer), owner_key()));
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
	error = to_errno(tessera_call_access_set(page, pages, virt_to_phys(buffer), owner_key()));
	kfree(buffer);
	return error;
}
EXPORT_SYMBOL_GPL(tessera_access_set);
