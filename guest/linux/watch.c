// SPDX-License-Identifier: GPL-2.0 OR MIT
// The calls that watch the hypervisor at work.
#include <linux/export.h>
#include <linux/io.h>
#include <linux/slab.h>

#include "errors.h"
#include "fill.h"
#include "owner.h"
#include "tessera.h"

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
	struct tessera_result r;

	if (!buffer)
		return -ENOMEM;
	r = tessera_call(TESSERA_CALL_STATISTICS, virt_to_phys(buffer), sizeof(*buffer), 0, 0,
			 owner_key());
	*statistics = *buffer;
	kfree(buffer);
	return to_errno(r.error);
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
