// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "fill.h"

#include <linux/io.h>
#include <linux/slab.h>

#include "owner.h"

struct tessera_result fill(enum tessera_call call, u64 first, u64 third, u64 fourth, void *data,
			   size_t size)
{
	struct tessera_result r = { .error = TESSERA_NO_MEMORY };
	void *buffer = kzalloc(size, GFP_KERNEL);

	if (!buffer)
		return r;
	r = tessera_call(call, first, virt_to_phys(buffer), third, fourth, owner_key());
	if (!r.error)
		memcpy(data, buffer, size);
	kfree(buffer);
	return r;
}
