// SPDX-License-Identifier: MIT
#include "hv/core/guest_memory.h"

#include "hv/core/vm.h"
#include "hv/lib/string.h"
#include "hv/x86/hostmap.h"
#include "hv/x86/insn.h"

// Whether all of [gpa, gpa + size) was write-back when Tessera started and is not in our block.
static bool was_ram(const struct vm *vm, u64 gpa, u64 size)
{
	const struct ept *e = &vm->ept;
	enum memory_type type;

	return !(gpa >> e->addr_bits) && (gpa + size <= e->hidden_start || gpa >= e->hidden_end) &&
	       mtrr_uniform(&vm->types.first, gpa, size, &type) && type == MT_WB;
}

static u64 *known_ram(struct vm *vm, u64 gpa)
{
	return &vm->types.known_ram[gpa / SIZE_2M % ARRAY_SIZE(vm->types.known_ram)];
}

static bool is_known_ram(struct vm *vm, u64 gpa)
{
	return __atomic_load_n(known_ram(vm, gpa), __ATOMIC_RELAXED) == gpa / SIZE_2M + 1;
}

// RAM is what was write-back when Tessera started; reading anything else could have side effects in
// a device. The guest may change the type of its RAM later, so the answer is kept once it is known.
static bool is_ram(struct vm *vm, u64 gpa)
{
	if (is_known_ram(vm, gpa))
		return true;
	if (!was_ram(vm, ALIGN_DOWN(gpa, SIZE_2M), SIZE_2M))
		return was_ram(vm, gpa & PAGE_MASK, PAGE_SIZE);
	__atomic_store_n(known_ram(vm, gpa), gpa / SIZE_2M + 1, __ATOMIC_RELAXED);
	return true;
}

// Memory that the guest does not cache must not be cached here either. The EPT has the same types,
// but a window is mapped with and without the policy's lock, so that another CPU could free tables
// under the walk. While it changes the types, either answer will do.
static u64 cache_bits(const struct vm *vm, u64 gpa)
{
	return mtrr_type(&vm->ept.types, gpa) == MT_WB ? 0 : PT_PCD;
}

static inline void *set_window(struct cpu *c, enum window window, u64 gpa, u64 flags)
{
	u8 *va = c->window_va + window * PAGE_SIZE;
	u64 *slot = c->window[window], entry = (gpa & PAGE_MASK) | flags;

	if (*slot != entry) {
		*slot = entry;
		invlpg(va);
	}
	return va + gpa % PAGE_SIZE;
}

static __attribute__((noinline)) void *map_with_care(struct cpu *c, enum window window, u64 gpa)
{
	if (!is_ram(c->vm, gpa))
		return NULL;
	return set_window(c, window, gpa, HOST_RW | cache_bits(c->vm, gpa));
}

void *window_map(struct cpu *c, enum window window, u64 gpa)
{
	struct vm *vm = c->vm;

	// If the guest changed no memory type, what was write-back at the start still is.
	if (__atomic_load_n(&vm->types.changed, __ATOMIC_RELAXED) || !is_known_ram(vm, gpa))
		return map_with_care(c, window, gpa);
	return set_window(c, window, gpa, HOST_RW);
}

static bool all_ram(struct vm *vm, u64 gpa, u64 length)
{
	if (gpa + length < gpa)
		return false;
	for (u64 at = gpa & PAGE_MASK; at < gpa + length; at += PAGE_SIZE)
		if (!is_ram(vm, at))
			return false;
	return true;
}

static void copy_guest_memory(struct cpu *c, u64 gpa, u8 *ours, u64 length, bool to_guest)
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
	copy_guest_memory(c, gpa, to, length, false);
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
		copy_guest_memory(c, gpa, (u8 *)from, length, true);
		result = TESSERA_OK;
	}
	lock_drop(&p->lock);
	return result;
}
