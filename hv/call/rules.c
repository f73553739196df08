// SPDX-License-Identifier: MIT
// The calls that create, delete and list rules, and list regions.
#include "hv/call/calls.h"
#include "hv/core/guest_memory.h"
#include "hv/core/vm.h"
#include "hv/lib/string.h"

#define NO_MORE (~0ULL)

s64 call_rule_create(struct cpu *c, const struct arguments *x, u64 *value)
{
	struct tessera_rule r;
	s64 number = guest_read(c, x->a[0], &r, sizeof(r));

	if (number)
		return number;
	if (r.flags & ~TESSERA_RULE_SEALED)
		return TESSERA_BAD_ARGUMENT;
	r.name[TESSERA_NAME_SIZE - 1] = 0;
	number = vm_rule_create(c->vm, r.action, r.name, r.tag, r.flags);
	if (number < 0)
		return number;
	*value = number;
	return TESSERA_OK;
}

s64 call_rule_delete(struct cpu *c, const struct arguments *x, u64 *value)
{
	(void)value;
	return x->a[0] < RULES_MAX ? vm_rule_delete(c->vm, x->a[0]) : TESSERA_NOT_FOUND;
}

static bool describe_rule(struct vm *vm, u32 number, struct tessera_rule *out, s32 *next)
{
	struct rule_table *t = &vm->policy.rules;
	const struct rule *r;

	lock_take(&vm->policy.lock);
	r = rule_get(t, number);
	if (r) {
		*out = (struct tessera_rule){
			.number = number,
			.action = r->action,
			.flags = r->flags,
			.tag = r->tag,
			.writes = r->writes,
			.blocked = r->blocked,
			.regions = r->regions,
		};
		memcpy(out->name, r->name, sizeof(out->name));
		*next = rule_next(t, number + 1);
	}
	lock_drop(&vm->policy.lock);
	return r;
}

s64 call_rule_get(struct cpu *c, const struct arguments *x, u64 *value)
{
	struct tessera_rule r;
	s32 next;
	s64 error;

	if (x->a[0] >= RULES_MAX || !describe_rule(c->vm, x->a[0], &r, &next))
		return TESSERA_NOT_FOUND;
	error = guest_write(c, x->a[1], &r, sizeof(r));
	if (!error)
		*value = next < 0 ? NO_MORE : (u64)next;
	return error;
}

static bool describe_region(struct vm *vm, u64 index, struct tessera_region *out)
{
	const struct region *r;

	lock_take(&vm->policy.lock);
	r = index < vm->policy.regions.count ? region_at(&vm->policy.regions, index) : NULL;
	if (r)
		*out = (struct tessera_region){ .gpa = r->start,
						.length = r->end - r->start,
						.rule = r->rule };
	lock_drop(&vm->policy.lock);
	return r;
}

s64 call_region_get(struct cpu *c, const struct arguments *x, u64 *value)
{
	struct tessera_region r;

	(void)value;
	if (!describe_region(c->vm, x->a[0], &r))
		return TESSERA_NOT_FOUND;
	return guest_write(c, x->a[1], &r, sizeof(r));
}
