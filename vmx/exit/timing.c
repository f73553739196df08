// SPDX-License-Identifier: MIT
#include "vmx/exit/timing.h"

#include "hv/core/vcpu.h"
#include "hv/core/work.h"
#include "hv/lib/string.h"
#include "hv/x86/insn.h"
#include "vmx/exit/handlers.h"

_Static_assert(sizeof(struct exit_book) <= PAGE_SIZE, "a book is one page");

static void add_exit_time(struct exit_times *t, u64 ticks)
{
	t->least = t->count ? MIN(t->least, ticks) : ticks;
	t->most = MAX(t->most, ticks);
	t->sum += ticks;
	t->count++;
}

static void handle_exit_slowly(struct regs *regs)
{
	struct cpu *c = cpu_this();
	u32 reason;

	work_add(c, c->vm->timing.exit_work);
	c->timing.began = rdtsc();
	vmx_handle_exit(regs);
	reason = c->trail[(c->exits_total - 1) % EXIT_TRAIL].reason;
	if (timing_is_on(c->vm))
		add_exit_time(&c->timing.book->times[reason], rdtsc() - c->timing.began);
}

static void select_path(struct vm *vm)
{
	bool slow = vm->timing.on || vm->timing.exit_work;

	__atomic_store_n(&vmx_exit_handler, slow ? handle_exit_slowly : vmx_handle_exit,
			 __ATOMIC_SEQ_CST);
}

void timing_init(struct vm *vm)
{
	select_path(vm);
}

void timing_set(struct vm *vm, bool on)
{
	lock_take(&vm->timing.lock);
	__atomic_store_n(&vm->timing.on, on, __ATOMIC_RELAXED);
	select_path(vm);
	lock_drop(&vm->timing.lock);
}

bool timing_is_on(const struct vm *vm)
{
	return __atomic_load_n(&vm->timing.on, __ATOMIC_RELAXED);
}

void vcpu_work_at_exits(struct vm *vm, u32 work, bool on)
{
	lock_take(&vm->timing.lock);
	vm->timing.exit_work = on ? vm->timing.exit_work | work : vm->timing.exit_work & ~work;
	select_path(vm);
	lock_drop(&vm->timing.lock);
}

int timing_reset(struct vm *vm)
{
	for (u32 i = 0; i < vm->cpus; i++) {
		struct cpu *c = vm->cpu[i];

		if (!c->timing.book)
			c->timing.book = pool_alloc(vm->pool);
		if (!c->timing.book)
			return TESSERA_NO_MEMORY;
		memset(c->timing.book->times, 0, sizeof(c->timing.book->times));
		memcpy(c->timing.book->before, c->exits, sizeof(c->exits));
	}
	return TESSERA_OK;
}
