// SPDX-License-Identifier: MIT
// Interrupts and exceptions whose frame lands in protected memory: the handler runs once and finds
// the right frame, or the event becomes the fault of a denied write (41, 42).
#include "hv/lib/string.h"
#include "tests/emul/system/agent/agent.h"
#include "tests/emul/system/agent/apic.h"
#include "tests/emul/system/agent/plain.h"
#include "tests/emul/system/agent/scenarios.h"

#define STACK_PAGE 30
#define TOP        0x480 // of the stack, in its page: the frame fills the upper part of a tile
#define FRAME      40    // bytes, without an error code
#define SEED       17

static u8 *stack_top(void)
{
	return page(STACK_PAGE) + TOP;
}

static void software_interrupt(void)
{
	__asm__ volatile("int $0x60");
}

static void external_interrupt(void)
{
	__asm__ volatile("movl $0x40060, (%%rdi)\n" // to myself, by the interrupt command register
			 "sti\n"
			 "nop\n"
			 "nop\n"
			 "cli" ::
				 : "memory");
}

static void page_fault(void)
{
	__asm__ volatile("movb (%%rsi), %%al" ::: "rax", "memory");
}

static void general_protection(void)
{
	__asm__ volatile("movq %%rsi, %%cr3" ::: "memory"); // a reserved bit
}

static const struct event {
	const char *name;
	code code;
	u32 vector;
	bool error_code;
	u32 when_denied; // the vector that comes instead
} events[] = {
	{ "software interrupt", software_interrupt, TEST_VECTOR, false, V_GP },
	{ "external interrupt", external_interrupt, TEST_VECTOR, false, V_GP },
	{ "page fault", page_fault, V_PF, true, V_DF },
	{ "general protection", general_protection, V_GP, true, V_DF },
};

#define UNMAPPED (WINDOW + 100 * PAGE_SIZE)

// Lets the event happen with its gate on the test's stack.
static struct probe deliver(const struct event *e)
{
	struct cpu *c = cpu_this();
	struct probe p = probe_of(e->code);

	memset(&c->light, 0, sizeof(c->light));
	c->tss.ist[IST_TEST - 1] = (u64)stack_top();
	gate_set(e->vector, light_end_gate, IST_TEST, 0);
	p.gpr[RDI] = 0xfee00300;
	p.gpr[RSI] = e->vector == V_PF ? (u64)UNMAPPED : BIT(62);
	probe_run(&p);
	apic_done(); // nobody else says so where the handler never ran
	gate_reset(e->vector);
	return p;
}

// That the frame the handler found is the event's.
static void expect_frame(const struct event *e)
{
	const struct light *l = &cpu_this()->light;
	const u64 *frame = l->frame + e->error_code;

	same("handler's runs", l->count, 1);
	CHECK(frame[0] >= (u64)e->code && frame[0] < (u64)e->code + 32, "%s: RIP 0x%lx", e->name,
	      frame[0]);
	same("CS", frame[1], SEL_CODE);
	same("SS", frame[4], SEL_DATA);
	CHECK(!e->error_code || l->frame[0] == 0, "%s: error code 0x%lx", e->name, l->frame[0]);
}

static void expect_untouched(u64 start, u64 end)
{
	for (u64 i = start; i < end; i++)
		same("byte of the stack", page(STACK_PAGE)[i], pattern_byte(i, SEED));
}

static void each_event(void (*t)(const struct event *e))
{
	window_map(100, 0, 0);
	for (u32 i = 0; i < ARRAY_SIZE(events); i++) {
		pattern_fill(page(STACK_PAGE), PAGE_SIZE, SEED);
		t(&events[i]);
		CHECK(call_clean_up(), "clean-up");
	}
}

static void undisturbed(const struct event *e)
{
	struct probe p = deliver(e);

	CHECK(p.vector == NO_FAULT, "%s: vector %u", e->name, p.vector);
	expect_frame(e);
	expect_untouched(0, TOP - 64);
	expect_untouched(TOP, PAGE_SIZE);
}

void events_undisturbed(void)
{
	each_event(undisturbed);
}

static void shared(const struct event *e)
{
	protect(TESSERA_ACTION_DENY, stack_top() - TILE, TILE - 64);
	undisturbed(e);
}

void events_onto_a_shared_tile(void)
{
	each_event(shared);
}

static void audited(const struct event *e)
{
	protect(TESSERA_ACTION_AUDIT, page(STACK_PAGE), PAGE_SIZE);
	undisturbed(e);
}

void events_onto_an_audited_stack(void)
{
	each_event(audited);
}

// The handler runs, and finds what was on the stack before.
static void discarded(const struct event *e)
{
	struct probe p;

	protect(TESSERA_ACTION_DISCARD, page(STACK_PAGE), PAGE_SIZE);
	p = deliver(e);
	CHECK(p.vector == NO_FAULT, "%s: vector %u", e->name, p.vector);
	same("handler's runs", cpu_this()->light.count, 1);
	expect_untouched(0, PAGE_SIZE);
}

void events_onto_a_discarding_stack(void)
{
	each_event(discarded);
}

static void denied(const struct event *e)
{
	struct probe p;

	protect(TESSERA_ACTION_DENY, page(STACK_PAGE), PAGE_SIZE);
	p = deliver(e);
	CHECK(p.vector == e->when_denied && p.error == 0, "%s: vector %u error 0x%x", e->name,
	      p.vector, p.error);
	CHECK(p.rip >= (u64)e->code && p.rip < (u64)e->code + 32, "%s: RIP 0x%lx", e->name, p.rip);
	same("handler's runs", cpu_this()->light.count, 0);
	expect_untouched(0, PAGE_SIZE);
}

void events_onto_a_denied_stack(void)
{
	each_event(denied);
}

// Only the first bytes that are pushed are denied: nothing of the frame may be written.
static void denied_at_the_top(const struct event *e)
{
	struct probe p;

	protect(TESSERA_ACTION_DENY, stack_top() - 4, 1);
	p = deliver(e);
	CHECK(p.vector == e->when_denied, "%s: vector %u after %lu runs of the handler", e->name,
	      p.vector, cpu_this()->light.count);
	expect_untouched(TOP - 4, TOP - 3);
}

void events_denied_by_one_byte(void)
{
	each_event(denied_at_the_top);
}

// The frame lies on two pages.
static void across_pages(const struct event *e)
{
	struct cpu *c = cpu_this();
	struct probe p = probe_of(e->code);
	u8 *border = page(STACK_PAGE) + PAGE_SIZE;

	protect(TESSERA_ACTION_AUDIT, border - TILE, 2 * TILE);
	memset(&c->light, 0, sizeof(c->light));
	c->tss.ist[IST_TEST - 1] = (u64)border + 16;
	gate_set(e->vector, light_end_gate, IST_TEST, 0);
	p.gpr[RDI] = 0xfee00300;
	p.gpr[RSI] = e->vector == V_PF ? (u64)UNMAPPED : BIT(62);
	probe_run(&p);
	gate_reset(e->vector);
	CHECK(p.vector == NO_FAULT, "%s: vector %u", e->name, p.vector);
	expect_frame(e);
}

void events_across_two_pages(void)
{
	each_event(across_pages);
}

// Of those only the upper one has a rule, and it is not about the first bytes that are pushed.
static void denied_across_pages(const struct event *e)
{
	struct cpu *c = cpu_this();
	struct probe p = probe_of(e->code);
	u8 *border = page(STACK_PAGE) + PAGE_SIZE;

	pattern_fill(border, PAGE_SIZE, SEED);
	protect(TESSERA_ACTION_DENY, border + 3, 1);
	memset(&c->light, 0, sizeof(c->light));
	c->tss.ist[IST_TEST - 1] = (u64)border + 16;
	gate_set(e->vector, light_end_gate, IST_TEST, 0);
	p.gpr[RDI] = 0xfee00300;
	p.gpr[RSI] = e->vector == V_PF ? (u64)UNMAPPED : BIT(62);
	probe_run(&p);
	apic_done();
	gate_reset(e->vector);
	CHECK(p.vector == e->when_denied, "%s: vector %u", e->name, p.vector);
	same("handler's runs", c->light.count, 0);
	expect_untouched(0, PAGE_SIZE);
	for (u64 i = 0; i < PAGE_SIZE; i++)
		same("byte of the upper page", border[i], pattern_byte(i, SEED));
}

void events_denied_across_two_pages(void)
{
	each_event(denied_across_pages);
}

// From CPL 3 the CPU takes the stack from the TSS.
static void user_code(void)
{
	__asm__ volatile("int $0x81");
}

static u8 *user_text(void)
{
	u8 *text = window_map(40, gpa_of(page(31)), PTE_P | PTE_U | PTE_A);

	memcpy(page(31), (void *)user_code, 64);
	return text;
}

static struct probe deliver_from_user(void)
{
	struct cpu *c = cpu_this();
	struct probe p = probe_of((code)user_text());
	u64 rsp0 = c->tss.rsp[0];

	memset(&c->light, 0, sizeof(c->light));
	p.gpr[RSP] = (u64)p.code;
	gate_set(V_USER_END, light_end_gate, IST_NONE, 3);
	c->tss.rsp[0] = (u64)stack_top();
	probe_run_user(&p);
	c->tss.rsp[0] = rsp0;
	gate_reset(V_USER_END);
	return p;
}

void events_from_user_mode(void)
{
	const struct light *l = &cpu_this()->light;

	protect(TESSERA_ACTION_AUDIT, stack_top() - FRAME, FRAME);
	protect(TESSERA_ACTION_DENY, stack_top(), 8);
	deliver_from_user();
	same("handler's runs", l->count, 1);
	same("RIP", l->frame[0], (u64)user_text() + 2);
	same("CS", l->frame[1], SEL_USER_CODE);
	same("RSP", l->frame[3], (u64)user_text());
	same("SS", l->frame[4], SEL_USER_DATA);
}

// A denial must leave the program where it was, in its own privilege level above all.
static u64 faulting_cs;

static bool notes_level(struct frame *f)
{
	faulting_cs = f->cs;
	return false;
}

static void denied_from_user(u8 *start, u64 length)
{
	struct probe p;

	faulting_cs = 0;
	pattern_fill(page(STACK_PAGE), PAGE_SIZE, SEED);
	cpu_this()->hook = notes_level;
	protect(TESSERA_ACTION_DENY, start, length);
	p = deliver_from_user();
	CHECK(probe_denied(&p), "vector %u error 0x%x", p.vector, p.error);
	same("handler's runs", cpu_this()->light.count, 0);
	same("RIP", p.rip, (u64)user_text());
	same("RSP", p.gpr[RSP], (u64)user_text());
	same("CS", faulting_cs, SEL_USER_CODE);
	CHECK(call_clean_up(), "clean-up");
}

void events_denied_from_user_mode(void)
{
	denied_from_user(stack_top() - 8, 8);
	denied_from_user(stack_top() - 4, 1);
	denied_from_user(stack_top() - FRAME, 1);
}
