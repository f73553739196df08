// SPDX-License-Identifier: MIT
// The calls about access maps.
#include "hv/call/calls.h"
#include "hv/core/guest_memory.h"
#include "hv/core/vm.h"

struct access_call {
	u64 gpa, maps;
	u32 pages;
};

static bool access_arguments(const struct arguments *x, struct access_call *a)
{
	a->gpa = x->a[0];
	a->pages = x->a[1];
	a->maps = x->a[2];
	return x->a[1] && x->a[1] <= TESSERA_ACCESS_MAX && a->gpa % PAGE_SIZE == 0 &&
	       a->maps % sizeof(u32) == 0;
}

s64 call_access_get(struct cpu *c, const struct arguments *x, u64 *value)
{
	u32 maps[TESSERA_ACCESS_MAX];
	struct access_call a;
	s64 error;

	if (!access_arguments(x, &a))
		return TESSERA_BAD_ARGUMENT;
	error = vm_access_get(c->vm, a.gpa, a.pages, maps);
	if (!error)
		error = guest_write(c, a.maps, maps, a.pages * sizeof(u32));
	if (!error)
		*value = a.pages;
	return error;
}

s64 call_access_set(struct cpu *c, const struct arguments *x, u64 *value)
{
	u32 maps[TESSERA_ACCESS_MAX];
	struct access_call a;
	s64 error;

	if (!access_arguments(x, &a))
		return TESSERA_BAD_ARGUMENT;
	error = guest_read(c, a.maps, maps, a.pages * sizeof(u32));
	if (!error)
		error = vm_access_set(c->vm, a.gpa, a.pages, maps);
	if (!error)
		*value = a.pages;
	return error;
}
