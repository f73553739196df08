// SPDX-License-Identifier: MIT
#include "hv/window.h"

#include "hv/hostmap.h"
#include "hv/string.h"
#include "hv/vm.h"
#include "vmx/ops.h"

// RAM is what was write-back when Tessera started: reading anything else could wake a device. The
// guest may give its RAM another type later.
static bool is_ram(const struct vm *vm, u64 gpa)
{
	const struct ept *e = &vm->ept;

	if (gpa >> e->addr_bits || (gpa >= e->hidden_start && gpa < e->hidden_end))
		return false;
	return mtrr_type(&vm->first_types, gpa) == MT_WB;
}

// Memory that the guest does not cache must not be cached here either.
static u64 cache_bits(const struct vm *vm, u64 gpa)
{
	u64 type = ept_lookup(&vm->ept, gpa).entry & EPT_TYPE_MASK;

	return type == (u64)MT_WB << EPT_TYPE_SHIFT ? 0 : PT_PCD;
}

void *window_map(struct cpu *c, enum window window, u64 gpa)
{
	u8 *va = c->window_va + window * PAGE_SIZE;
	u64 entry;

	if (!is_ram(c->vm, gpa))
		return NULL;
	entry = (gpa & PAGE_MASK) | HOST_RW | cache_bits(c->vm, gpa);
	if (*c->window[window] != entry) {
		*c->window[window] = entry;
		invlpg(va);
	}
	return va + gpa % PAGE_SIZE;
}

static bool all_ram(const struct vm *vm, u64 gpa, u64 length)
{
	if (gpa + length < gpa)
		return false;
	for (u64 at = gpa & PAGE_MASK; at < gpa + length; at += PAGE_SIZE)
		if (!is_ram(vm, at))
			return false;
	return true;
}

static void copy(struct cpu *c, u64 gpa, u8 *ours, u64 length, bool to_guest)
{
	while (length) {
		u64 part = MIN(length, PAGE_SIZE - gpa % PAGE_SIZE);
		u8 *guest = window_map(c, WINDOW_COPY, gpa);

		memcpy(to_guest ? guest : ours, to_guest ? ours : guest, part);
		gpa += part;
		ours += part;
		length -= part;
	}
}

int guest_read(struct cpu *c, u64 gpa, void *to, u64 length)
{
	if (!all_ram(c->vm, gpa, length))
		return TESSERA_BAD_ADDRESS;
	copy(c, gpa, to, length, false);
	return TESSERA_OK;
}

int guest_check(struct vm *vm, u64 gpa, u64 length)
{
	if (!all_ram(vm, gpa, length))
		return TESSERA_BAD_ADDRESS;
	lock_take(&vm->policy.lock);
	u8 action = policy_judge(&vm->policy, gpa, length).action;

	lock_drop(&vm->policy.lock);
	return action == TESSERA_ACTION_ALLOW ? TESSERA_OK : TESSERA_PROTECTED;
}

int guest_write(struct cpu *c, u64 gpa, const void *from, u64 length)
{
	struct policy *p = &c->vm->policy;
	int result = TESSERA_PROTECTED;

	if (!all_ram(c->vm, gpa, length))
		return TESSERA_BAD_ADDRESS;
	lock_take(&p->lock);
	if (policy_judge(p, gpa, length).action == TESSERA_ACTION_ALLOW) {
		copy(c, gpa, (u8 *)from, length, true);
		result = TESSERA_OK;
	}
	lock_drop(&p->lock);
	return result;
}
