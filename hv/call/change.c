// SPDX-License-Identifier: MIT
// The calls that protect and unprotect ranges, one or many at a time. Each becomes a list of
// regions to add or remove. A guest-virtual range becomes one region for each physically contiguous
// extent.
#include "hv/call/calls.h"
#include "hv/core/guest_memory.h"
#include "hv/core/guest_walk.h"
#include "hv/core/vm.h"
#include "vmx/vmcs/guest.h"

// After an error RDX holds the tag of the first operation that failed: its index in a batch, else
// the guest-virtual address.
struct request {
	struct cpu *c;
	struct change *list;
	bool batch;
};

static int append_region(struct change *list, const struct policy_op *op)
{
	if (list->count == TESSERA_CHANGE_MAX)
		return TESSERA_LIMIT;
	list->op[list->count++] = *op;
	return TESSERA_OK;
}

// Appends the extents of a linear range; op->gpa is its linear address. Reads the caller's page
// tables once, as they are now.
static int append_linear(const struct request *r, struct policy_op *op)
{
	struct change *list = r->list;
	struct paging paging = guest_paging();
	u64 linear = op->gpa, left = op->length, end = 0;
	int error = !left || left - 1 > ~linear ? TESSERA_BAD_ARGUMENT : TESSERA_OK;

	for (u64 extent; left && !error; linear += extent, left -= extent) {
		struct walk w;

		if (!r->batch)
			op->tag = linear;
		error = list->walks++ < TESSERA_CHANGE_MAX ? walk_linear(r->c, &paging, linear, &w)
							   : TESSERA_LIMIT;
		if (error)
			break;
		extent = op->length = MIN(left, w.size - linear % w.size);
		op->gpa = w.gpa;
		if (end && w.gpa == end)
			list->op[list->count - 1].length += extent;
		else
			error = append_region(list, op);
		end = w.gpa + extent;
	}
	return error;
}

static int append_operation(const struct request *r, const struct tessera_operation *o,
			    struct policy_op *op)
{
	op->gpa = o->address;
	op->length = o->length;
	op->rule = o->rule;
	op->open = o->call == TESSERA_CALL_UNPROTECT || o->call == TESSERA_CALL_UNPROTECT_GVA;
	if (o->reserved)
		return TESSERA_BAD_ARGUMENT;
	if (o->call == TESSERA_CALL_PROTECT || o->call == TESSERA_CALL_UNPROTECT)
		return append_region(r->list, op);
	if (o->call == TESSERA_CALL_PROTECT_GVA || o->call == TESSERA_CALL_UNPROTECT_GVA)
		return append_linear(r, op);
	return TESSERA_BAD_ARGUMENT;
}

static s64 change_regions(const struct request *r, const struct tessera_operation *o, u32 count,
			  u64 *value)
{
	struct change *list = r->list;
	struct policy_op op = { 0 };
	u32 failed = 0;
	int error = TESSERA_OK;

	lock_take(&list->lock);
	list->count = list->walks = 0;
	for (u32 i = 0; i < count && !error; i++) {
		op.tag = i;
		error = append_operation(r, &o[i], &op);
	}
	if (!error) {
		error = vm_change(r->c->vm, list->op, list->count, &failed);
		op.tag = list->op[failed].tag;
	}
	lock_drop(&list->lock);
	if (error)
		*value = op.tag;
	return error;
}

static s64 call_change_one(struct cpu *c, const struct arguments *x, u32 call, u64 *value)
{
	const struct request r = { c, &c->vm->change, false };
	const struct tessera_operation o = {
		.call = call,
		.rule = MIN(x->a[0], RULES_MAX), // no rule has that number
		.address = x->a[1],
		.length = x->a[2],
	};

	return change_regions(&r, &o, 1, value);
}

s64 call_protect(struct cpu *c, const struct arguments *x, u64 *value)
{
	return call_change_one(c, x, TESSERA_CALL_PROTECT, value);
}

s64 call_unprotect(struct cpu *c, const struct arguments *x, u64 *value)
{
	return call_change_one(c, x, TESSERA_CALL_UNPROTECT, value);
}

s64 call_protect_gva(struct cpu *c, const struct arguments *x, u64 *value)
{
	return call_change_one(c, x, TESSERA_CALL_PROTECT_GVA, value);
}

s64 call_unprotect_gva(struct cpu *c, const struct arguments *x, u64 *value)
{
	return call_change_one(c, x, TESSERA_CALL_UNPROTECT_GVA, value);
}

s64 call_batch(struct cpu *c, const struct arguments *x, u64 *value)
{
	const struct request r = { c, &c->vm->change, true };
	struct tessera_operation operations[TESSERA_BATCH_MAX];
	u64 count = x->a[1];
	s64 error;

	if (!count || count > TESSERA_BATCH_MAX)
		return TESSERA_BAD_ARGUMENT;
	error = guest_read(c, x->a[0], operations, count * sizeof(operations[0]));
	return error ? error : change_regions(&r, operations, count, value);
}
