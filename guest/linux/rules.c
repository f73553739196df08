// SPDX-License-Identifier: GPL-2.0 OR MIT
// The calls about rules, and the list of regions.
#include <linux/export.h>
#include <linux/io.h>
#include <linux/slab.h>

#include "errors.h"
#include "fill.h"
#include "owner.h"
#include "tessera.h"
#include "vmcall.h"

int tessera_rule_create(struct tessera_rule *rule)
{
	struct tessera_rule *buffer = kmemdup(rule, sizeof(*rule), GFP_KERNEL);
	struct tessera_result r;

	if (!buffer)
		return -ENOMEM;
	r = tessera_call(TESSERA_CALL_RULE_CREATE, virt_to_phys(buffer), 0, 0, 0, owner_key());
	kfree(buffer);
	if (!r.error)
		rule->number = r.value;
	return to_errno(r.error);
}
EXPORT_SYMBOL_GPL(tessera_rule_create);

int tessera_rule_delete(u32 number)
{
	return to_errno(tessera_call(TESSERA_CALL_RULE_DELETE, number, 0, 0, 0, owner_key()).error);
}
EXPORT_SYMBOL_GPL(tessera_rule_delete);

int tessera_seal(u32 rule)
{
	u64 which = rule == U32_MAX ? U64_MAX : rule; // the whole policy

	return to_errno(tessera_call(TESSERA_CALL_SEAL, which, 0, 0, 0, owner_key()).error);
}
EXPORT_SYMBOL_GPL(tessera_seal);

int tessera_rule_get(u32 number, struct tessera_rule *rule)
{
	struct tessera_result r = fill(TESSERA_CALL_RULE_GET, number, 0, 0, rule, sizeof(*rule));

	if (r.error)
		return to_errno(r.error);
	// Number 0 is the first rule, so it cannot be the next one of any.
	return r.value == U64_MAX ? 0 : r.value;
}
EXPORT_SYMBOL_GPL(tessera_rule_get);

int tessera_region_get(u64 index, struct tessera_region *region)
{
	return to_errno(fill(TESSERA_CALL_REGION_GET, index, 0, 0, region, sizeof(*region)).error);
}
EXPORT_SYMBOL_GPL(tessera_region_get);
