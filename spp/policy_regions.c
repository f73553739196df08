// SPDX-License-Identifier: MIT
// Adds and removes any number of regions at once. First marks every region in the tree as joining
// or leaving, so that tables are derived from the new state; then prepares all that may fail; then
// changes each table entry directly from its old value to its new one.
#include "spp/policy.h"
#include "spp/policy_internal.h"

int derive_range(const struct policy *p, u64 gpa, u64 length)
{
	const struct ept *e = p->ept;
	u64 end = gpa + length;

	if (!length || end < gpa)
		return TESSERA_BAD_ARGUMENT;
	if (end > BIT(e->addr_bits) || (gpa < e->hidden_end && end > e->hidden_start))
		return TESSERA_BAD_ADDRESS;
	return TESSERA_OK;
}

static struct region *find_region(struct policy *p, const struct policy_op *op)
{
	return region_find(&p->regions, op->gpa, op->gpa + op->length, op->rule);
}

static int mark_joining(struct policy *p, const struct policy_op *op)
{
	struct region *region = find_region(p, op);
	int rc = derive_range(p, op->gpa, op->length);

	if (region && region->leaving) {
		region->leaving = false;
		return TESSERA_OK;
	}
	if (rc == TESSERA_OK)
		rc = region_insert(&p->regions, op->gpa, op->gpa + op->length, op->rule);
	if (rc == TESSERA_OK)
		find_region(p, op)->joining = true;
	return rc;
}

static int mark_leaving(struct policy *p, const struct policy_op *op, const struct rule *r)
{
	struct region *region = find_region(p, op);

	if (!region || region->leaving)
		return TESSERA_NOT_FOUND;
	if (r->flags & TESSERA_RULE_SEALED)
		return TESSERA_SEALED;
	region->leaving = true;
	return TESSERA_OK;
}

static int mark_change(struct policy *p, const struct policy_op *op)
{
	struct rule *r = rule_get(&p->rules, op->rule);
	int rc = !r ? TESSERA_NOT_FOUND : op->open ? mark_leaving(p, op, r) : mark_joining(p, op);

	if (rc == TESSERA_OK)
		r->regions += op->open ? -1 : 1;
	return rc;
}

// Undoes mark_change: removes a region that was to be added, keeps one that was to be removed.
static void take_back_change(struct policy *p, const struct policy_op *op)
{
	struct region *region = find_region(p, op);

	rule_get(&p->rules, op->rule)->regions += op->open ? 1 : -1;
	if (region && region->joining)
		region_remove(&p->regions, op->gpa, op->gpa + op->length, op->rule);
	else if (region)
		region->leaving = false;
}

static void finish_change(struct policy *p, const struct policy_op *op)
{
	struct region *region = find_region(p, op);

	if (region && region->leaving)
		region_remove(&p->regions, op->gpa, op->gpa + op->length, op->rule);
	else if (region)
		region->joining = false;
}

static int prepare_changes(struct policy *p, const struct policy_op *ops, u32 count, u32 *failed)
{
	u64 left = BIT(p->ept->addr_bits); // bytes; limits how long a call holds the lock
	int rc = TESSERA_OK;
	u32 marked = 0, i;

	for (; marked < count && rc == TESSERA_OK; marked += rc == TESSERA_OK)
		rc = mark_change(p, &ops[marked]);
	*failed = marked;
	for (i = 0; i < count && rc == TESSERA_OK; i++) {
		rc = ops[i].length > left ? TESSERA_LIMIT
					  : apply_prepare(p, ops[i].gpa, ops[i].length);
		left -= ops[i].length;
		*failed = i;
	}
	if (rc == TESSERA_OK)
		return rc;
	for (u32 k = 0; k < marked; k++)
		take_back_change(p, &ops[k]);
	while (i--)
		apply_tidy(p, ops[i].gpa, ops[i].length);
	return rc;
}

int policy_change(struct policy *p, const struct policy_op *ops, u32 count, u32 *failed)
{
	const struct policy_op *end = ops + count;
	int rc = p->lockdown ? TESSERA_DENIED : prepare_changes(p, ops, count, failed);

	if (rc != TESSERA_OK)
		return rc;
	for (const struct policy_op *op = ops; op < end; op++)
		finish_change(p, op);
	for (const struct policy_op *op = ops; op < end; op++)
		apply_commit(p, op->gpa, op->length);
	for (const struct policy_op *op = ops; op < end; op++)
		apply_tidy(p, op->gpa, op->length);
	return TESSERA_OK;
}

int policy_protect(struct policy *p, u32 rule, u64 gpa, u64 length)
{
	struct policy_op op = { .gpa = gpa, .length = length, .rule = rule };
	u32 failed;

	return policy_change(p, &op, 1, &failed);
}

int policy_unprotect(struct policy *p, u32 rule, u64 gpa, u64 length)
{
	struct policy_op op = { .gpa = gpa, .length = length, .rule = rule, .open = true };
	u32 failed;

	return policy_change(p, &op, 1, &failed);
}
