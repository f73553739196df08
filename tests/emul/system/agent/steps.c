// SPDX-License-Identifier: MIT
// The hypervisor's single step beside the guest's own: trap flag, interrupt shadows, interrupts
// that wait (52, 53, 60).
#include "hv/lib/string.h"
#include "hv/x86/insn.h"
#include "tests/emul/system/agent/agent.h"
#include "tests/emul/system/agent/apic.h"
#include "tests/emul/system/agent/plain.h"
#include "tests/emul/system/agent/scenarios.h"

#define RFLAGS_TF BIT(8)
#define RFLAGS_IF BIT(9)
#define DR6_BS    BIT(14)

void sti_code(void);
void sti_store(void);
void sti_behind(void);
void sti_add_code(void);
void sti_add(void);
void sti_add_behind(void);
void tf_code(void);
void tf_code_end(void);
extern const u64 tf_stops[], tf_stops_end[];

static u64 stops[64];
static u32 stop_count;
static u64 dr6_seen;

static void clear_dr6(void)
{
	write_dr6(0);
}

static bool notes_stop(struct frame *f)
{
	if (f->vector != V_DB)
		return false;
	if (f->rip > (u64)tf_code && f->rip < (u64)tf_code_end) {
		if (stop_count < ARRAY_SIZE(stops))
			stops[stop_count] = f->rip;
		stop_count++;
		dr6_seen &= read_dr6();
	}
	clear_dr6();
	return true;
}

// With TF and these flags; the hook calls notes_stop for debug traps.
static void step_through(u64 flags, trap_hook hook)
{
	struct probe p = probe_of(tf_code);
	u32 expected = (u32)(tf_stops_end - tf_stops);

	stop_count = 0;
	dr6_seen = ~0ULL;
	p.rflags |= RFLAGS_TF | flags;
	p.gpr[RDI] = (u64)page(40);
	p.gpr[RSI] = (u64)page(41);
	cpu_this()->hook = hook;
	probe_run(&p);
	cpu_this()->hook = NULL;
	CHECK(p.vector == NO_FAULT, "vector %u at 0x%lx", p.vector, p.rip);
	for (u32 i = 0; i < MIN(stop_count, expected); i++)
		CHECK(stops[i] == tf_stops[i], "stop %u is at +0x%lx and should be at +0x%lx", i,
		      stops[i] - (u64)tf_code, tf_stops[i] - (u64)tf_code);
	same("stops", stop_count, expected);
	CHECK(dr6_seen & DR6_BS, "a stop was no single step: DR6 0x%lx", dr6_seen);
}

// A debugger's program runs with interrupts off and on.
static void step_through_both(void)
{
	step_through(0, notes_stop);
	step_through(RFLAGS_IF, notes_stop);
}

void trap_flag_over_exits(void)
{
	step_through_both();
}

void trap_flag_over_an_audited_store(void)
{
	protect(TESSERA_ACTION_AUDIT, page(40), 64);
	step_through_both();
}

void trap_flag_over_a_discarded_store(void)
{
	protect(TESSERA_ACTION_DISCARD, page(40), 64);
	step_through_both();
}

void trap_flag_over_a_store_to_a_shared_tile(void)
{
	protect(TESSERA_ACTION_DENY, page(40) + 64, 1);
	step_through_both();
}

static u32 timer_ticks;

static bool notes_stop_or_tick(struct frame *f)
{
	if (f->vector != TEST_VECTOR)
		return notes_stop(f);
	timer_ticks++;
	apic_done();
	return true;
}

// Interrupts that strike anywhere, in the middle of a step too, add no trap and take none away, and
// a store is audited once.
void trap_flag_under_a_timer(void)
{
	const u32 rounds = 200;
	struct tessera_rule before, after;
	u64 round;

	timer_ticks = 0;
	gate_set(TEST_VECTOR, (void (*)(void))(trap_stubs + TEST_VECTOR * TRAP_STUB_SIZE), IST_TEST,
		 0);
	cpu_this()->tss.ist[IST_TEST - 1] = (u64)page(51);
	protect(TESSERA_ACTION_AUDIT, page(40), 4);
	step_through(0, notes_stop);
	rule_get(rule_for(TESSERA_ACTION_AUDIT), &before);
	round = rdtsc();
	step_through(0, notes_stop);
	round = rdtsc() - round;

	// A part of a round, which grows with what an exit costs: an instruction that is stepped
	// must get its turn between two interrupts.
	apic_timer(TEST_VECTOR, (u32)(round / 2) | 1);
	for (u32 i = 1; i < rounds; i++)
		step_through(RFLAGS_IF, notes_stop_or_tick);
	apic_timer(0, 0);
	gate_reset(TEST_VECTOR);
	rule_get(rule_for(TESSERA_ACTION_AUDIT), &after);
	same("audited writes", after.writes - before.writes, rounds);
	CHECK(timer_ticks > 100, "only %u interrupts came", timer_ticks);
}

static u64 denied_flags;

// Skips the store, which is two bytes long.
static bool skips_denied(struct frame *f)
{
	if (f->vector == V_DB)
		return notes_stop(f);
	if (f->vector != V_GP)
		return false;
	denied_flags = f->rflags;
	f->rip += 2;
	return true;
}

// A fault is no step: the trap comes behind the instruction after the one that was skipped.
static void step_over_a_fault(u64 flags)
{
	struct probe p = probe_of(tf_code);
	u32 expected = (u32)(tf_stops_end - tf_stops), n = 0;

	stop_count = 0;
	p.rflags |= RFLAGS_TF | flags;
	p.gpr[RDI] = (u64)page(40);
	p.gpr[RSI] = (u64)page(41);
	cpu_this()->hook = skips_denied;
	probe_run(&p);
	cpu_this()->hook = NULL;
	CHECK(denied_flags & RFLAGS_TF, "the fault's frame lacks TF");
	same("stops", stop_count, expected - 1);
	for (u32 i = 0; i < stop_count; i++, n++) {
		if (stops[i] != tf_stops[n])
			n++;
		same("stop", stops[i], tf_stops[n]);
	}
}

void trap_flag_over_a_denied_store(void)
{
	protect(TESSERA_ACTION_DENY, page(40), 64);
	step_over_a_fault(0);
	step_over_a_fault(RFLAGS_IF);
}

// The store at `store`, the first of them one that takes no step.
static const struct shadowed {
	code code, store, behind;
} shadowed[] = {
	{ sti_code, sti_store, sti_behind },
	{ sti_add_code, sti_add, sti_add_behind },
};

static u64 fault_rip, interrupts_at_fault;

static bool skips_shadowed(struct frame *f)
{
	if (f->vector != V_GP)
		return false;
	fault_rip = f->rip;
	interrupts_at_fault = cpu_this()->light.count;
	f->rip += 2;
	return true;
}

// Runs the code with an interrupt that waits for interrupts to be let in.
static void run_shadowed(code c)
{
	struct probe p = probe_of(c);

	fault_rip = 0;
	memset(&cpu_this()->light, 0, sizeof(struct light));
	gate_set(TEST_VECTOR, light_gate, IST_TEST, 0);
	cpu_this()->tss.ist[IST_TEST - 1] = (u64)page(51);
	apic_send(0, APIC_FIXED | APIC_SELF | TEST_VECTOR);
	p.gpr[RDI] = (u64)page(40);
	p.gpr[RAX] = 0x5a;
	cpu_this()->hook = skips_shadowed;
	probe_run(&p);
	cpu_this()->hook = NULL;
	gate_reset(TEST_VECTOR);
	CHECK(p.vector == NO_FAULT, "vector %u at 0x%lx", p.vector, p.rip);
	same("interrupts", cpu_this()->light.count, 1);
}

// With `length` bytes protected from offset `first` of where the store goes.
static void sti_then_store(enum tessera_action action, u32 first, u32 length, u8 expected)
{
	if (length)
		protect(action, page(40) + first, length);
	for (u32 i = 0; i < ARRAY_SIZE(shadowed); i++) {
		const struct shadowed *s = &shadowed[i];
		bool denied = length && !first && action == TESSERA_ACTION_DENY;

		if (!denied)
			denied8(page(40), 0);
		run_shadowed(s->code);
		same("where the interrupt came", cpu_this()->light.frame[0], (u64)s->behind);
		same("the byte", page(40)[0], expected);
		if (!denied)
			continue;
		same("where the fault came", fault_rip, (u64)s->store);
		same("interrupts before the fault", interrupts_at_fault, 0);
	}
}

void sti_then_any_store(void)
{
	sti_then_store(TESSERA_ACTION_DENY, 0, 0, 0x5a);
}

void sti_then_an_audited_store(void)
{
	sti_then_store(TESSERA_ACTION_AUDIT, 0, 1, 0x5a);
}

void sti_then_a_discarded_store(void)
{
	page(40)[0] = 0;
	sti_then_store(TESSERA_ACTION_DISCARD, 0, 1, 0);
}

void sti_then_a_store_to_a_shared_tile(void)
{
	sti_then_store(TESSERA_ACTION_DENY, 1, 1, 0x5a);
}

void sti_then_a_denied_store(void)
{
	page(40)[0] = 0;
	sti_then_store(TESSERA_ACTION_DENY, 0, 1, 0);
}

static volatile u32 ticks, leaks;

// Interrupts in the middle of steps find the page as closed as ever.
static bool tries_the_page(struct frame *f)
{
	if (f->vector != TEST_VECTOR)
		return false;
	ticks++;
	leaks += !denied8(page(40) + 8, 1);
	apic_done();
	return true;
}

void interrupts_between_steps(void)
{
	u64 *counter = (u64 *)page(40);
	const u32 rounds = 3000;
	struct tessera_rule before, after;

	ticks = leaks = 0;
	*counter = 0;
	gate_set(TEST_VECTOR, (void (*)(void))(trap_stubs + TEST_VECTOR * TRAP_STUB_SIZE), IST_TEST,
		 0);
	cpu_this()->tss.ist[IST_TEST - 1] = (u64)page(51);
	protect(TESSERA_ACTION_AUDIT, page(40), 8);
	protect(TESSERA_ACTION_DENY, page(40) + 8, 8);
	rule_get(rule_for(TESSERA_ACTION_AUDIT), &before);
	cpu_this()->hook = tries_the_page;
	apic_timer(TEST_VECTOR, 20011 * cpu_count); // the handler needs a part of that
	__asm__ volatile("sti");
	for (u32 i = 0; i < rounds; i++)
		count_up(counter);
	__asm__ volatile("cli");
	apic_timer(0, 0);
	cpu_this()->hook = NULL;
	gate_reset(TEST_VECTOR);
	rule_get(rule_for(TESSERA_ACTION_AUDIT), &after);
	same("counter", *counter, rounds);
	same("audited writes", after.writes - before.writes, rounds);
	same("stores of the handler that passed", leaks, 0);
	CHECK(ticks > 100, "only %u interrupts came", ticks);
}
