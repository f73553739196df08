// SPDX-License-Identifier: MIT
#include "vmx/exit/timing.h"

#include "hv/core/work.h"
#include "hv/lib/string.h"
#include "hv/x86/insn.h"
#include "vmx/exit/handlers.h"

_Static_assert(sizeof(struct exit_book) <= PAGE_SIZE, "a book is one page");

static void add(struct exit_times *t, u64 ticks)
{
	t->least = t->count ? MIN(t->least, ticks) : ticks;
	t->most = MAX(t->most, ticks);
	t->sum += ticks;
	t->count++;
}

static void handle_watched_exit(struct regs *regs)
{
	struct cpu *c = cpu_this();
	u32 reason;

	if (c->vm->frozen)
		work_add(c, WORK_FREEZE);
	c->exit_began = rdtsc();
	vmx_handle_exit(regs);
	reason = c->trail[(c->exits_total - 1) % EXIT_TRAIL].reason;
	if (watch_times(c->vm))
		add(&c->book->times[reason], rdtsc() - c->exit_began);
}

void watch_init(struct vm *vm)
{
	watch_set(vm, 0, false);
}

void watch_set(struct vm *vm, enum watch what, bool on)
{
	lock_take(&vm->watch_lock);
	vm->watches = on ? vm->watches | what : vm->watches & ~(u32)what;
	__atomic_store_n(&vmx_exit_handler, vm->watches ? handle_watched_exit : vmx_handle_exit,
			 __ATOMIC_SEQ_CST);
	lock_drop(&vm->watch_lock);
}

bool watch_times(const struct vm *vm)
{
	return __atomic_load_n(&vm->watches, __ATOMIC_RELAXED) & WATCH_TIMES;
}

int watch_reset(struct vm *vm)
{
	for (u32 i = 0; i < vm->cpus; i++) {
		struct cpu *c = vm->cpu[i];

		if (!c->book)
			c->book = pool_alloc(vm->pool);
		if (!c->book)
			return TESSERA_NO_MEMORY;
		memset(c->book->times, 0, sizeof(c->book->times));
		memcpy(c->book->before, c->exits, sizeof(c->exits));
	}
	return TESSERA_OK;
}
