// SPDX-License-Identifier: MIT
// Sources: vmx/step/writeback.c vmx/step/conflict.c vmx/step/decode.c
// Flags: -iquote tests/host/unit/fake
// The commit of a step, while other CPUs write to the same page: none of their updates may be
// lost, and none of the step's.
#include "vmx/step/writeback.h"

#include "hv/core/guest_memory.h"
#include "hv/core/verdict.h"
#include "hv/core/vm.h"
#include "tests/host/unit/support.h"
#include "vmx/exit/icr_trap.h"
#include "vmx/step/plain_store.h"
#include "vmx/step/step.h"
#include "vmx/vmcs/guest.h"

#define PAGES   4
#define PAGE(n) ((u64)(n)*PAGE_SIZE + SIZE_2M)
#define AT      0x128 // where in a page the tests write
#define WORD(n) (*(u64 *)(memory[n] + AT))

static u64 fake_vmcs[0x8000]; // by the fields' encodings

u64 vmread(u64 field)
{
	return fake_vmcs[field];
}

void vmwrite(u64 field, u64 value)
{
	fake_vmcs[field] = value;
}
struct vm vm0;

static u8 memory[PAGES][PAGE_SIZE] __attribute__((aligned(4096)));
static u8 copies[2 * PAGES][PAGE_SIZE] __attribute__((aligned(4096)));
static const u8 *code;
static struct cpu cpu;
static struct step step;
static u32 events;
static struct tessera_event last_event;

void *window_map(struct cpu *c, enum window window, u64 gpa)
{
	(void)c;
	(void)window;
	assert_in_range(gpa, PAGE(0), PAGE(PAGES) - 1);
	return &memory[0][0] + (gpa - PAGE(0));
}

u32 fetch_code(struct cpu *c, const struct paging *paging, u64 rip, u8 *to)
{
	(void)c;
	(void)paging;
	assert_int_equal(rip, step.rip);
	memcpy(to, code, 5);
	return 5;
}

struct paging guest_paging(void)
{
	return (struct paging){ 0 };
}

void write_event(struct cpu *c, u8 action, u32 rule, u64 gpa, u64 gva, u64 rip, u8 size, u64 before,
		 u64 after)
{
	(void)c;
	events++;
	last_event = (struct tessera_event){ .action = action,
					     .rule = rule,
					     .gpa = gpa,
					     .gva = gva,
					     .rip = rip,
					     .size = size,
					     .before = before,
					     .after = after };
}

u8 verdict_possible(u8 action)
{
	return action;
}

void verdict_drop_pass(struct cpu *c)
{
	(void)c;
}

void icr_trap_apic_write(struct cpu *c, u64 gpa, u32 value)
{
	(void)c;
	(void)gpa;
	(void)value;
	fail();
}

// Instructions; what they write, the tests do.
static const u8 lock_xadd[5] = { 0xf0, 0x48, 0x0f, 0xc1, 0x07 };
static const u8 inc[5] = { 0x48, 0xff, 0x07 };
static const u8 fstp[5] = { 0xdd, 0x1f };

static u32 new_rule(u32 action)
{
	s32 rule = rule_create(&vm0.policy.rules, action, "", 0, 0);

	assert_true(rule >= 0);
	return (u32)rule;
}

static int begin(void **state)
{
	struct mtrr_state none = { .addr_bits = 36 };

	(void)state;
	memset(&vm0, 0, sizeof(vm0));
	memset(&step, 0, sizeof(step));
	memset(memory, 0x11, sizeof(memory));
	vm0.pool = pool_new(512);
	assert_int_equal(ept_create(&vm0.ept, vm0.pool, 36, 3, &none, 0, 0), 0);
	assert_int_equal(policy_init(&vm0.policy, vm0.pool, &vm0.ept, true), 0);
	vm0.cpu[0] = &cpu;
	cpu = (struct cpu){ .vm = &vm0, .step = &step };
	cpu.window_va = memory[0] - WINDOW_STEP * PAGE_SIZE;
	step.rip = 0x1000;
	code = inc;
	events = 0;
	return 0;
}

static int end(void **state)
{
	(void)state;
	policy_destroy(&vm0.policy);
	ept_destroy(&vm0.ept);
	pool_delete(vm0.pool);
	return 0;
}

// What step_open does: the page is copied, and the instruction may write to the copy.
static u8 *open_page(u32 n, enum step_kind kind)
{
	struct step_page *p = &step.page[step.pages];

	if (!step.pages)
		step.generation = policy_generation(&vm0.policy);

	*p = (struct step_page){
		.gpa = PAGE(n),
		.first = PAGE(n) + AT,
		.kind = kind,
		.before = copies[2 * step.pages],
		.scratch = copies[2 * step.pages + 1],
		.to = PAGE_SIZE,
	};
	memcpy(p->before, memory[n], PAGE_SIZE);
	memcpy(p->scratch, memory[n], PAGE_SIZE);
	step.pages++;
	return p->scratch;
}

static u64 *open_word(u32 n)
{
	return (u64 *)(open_page(n, STEP_WRITE) + AT);
}

static void protect(u32 rule, u64 gpa, u64 length)
{
	assert_int_equal(policy_protect(&vm0.policy, rule, gpa, length), 0);
}

static void unprotect(u32 rule, u64 gpa, u64 length)
{
	assert_int_equal(policy_unprotect(&vm0.policy, rule, gpa, length), 0);
}

static void stores_land(void **state)
{
	u64 *word = open_word(0);

	(void)state;
	word[0]++;
	word[7] = 5;
	assert_int_equal(step_commit(&cpu, NULL), STEP_DONE);
	assert_int_equal(WORD(0), 0x1111111111111112);
	assert_int_equal((&WORD(0))[7], 5);
	assert_int_equal(events, 0);
}

// The other CPU writes through another tile of the page that is open, or is a device, or the
// hypervisor itself.
static void a_word_that_others_changed_is_not_overwritten(void **state)
{
	u64 *word = open_word(0);

	(void)state;
	code = lock_xadd;
	for (u32 i = 0; i < 100; i++) { // however often
		*word = WORD(0) + 1;
		*(u64 *)(step.page[0].before + AT) = WORD(0) - 5;
		assert_int_equal(step_commit(&cpu, NULL), STEP_AGAIN);
		assert_int_equal(WORD(0), 0x1111111111111111);
	}
	*(u64 *)(step.page[0].before + AT) = WORD(0);
	assert_int_equal(step_commit(&cpu, NULL), STEP_DONE);
	assert_int_equal(WORD(0), 0x1111111111111112);
}

// The other CPU writes a neighbour in the same word, all the time.
static void a_plain_store_ends_in_time(void **state)
{
	u32 tries = 1;

	(void)state;
	for (;; tries++) {
		((u8 *)open_word(0))[6] = 0x22;
		memory[0][AT] = (u8)(0x80 + tries);
		if (step_commit(&cpu, NULL) == STEP_DONE)
			break;
		assert_int_equal(memory[0][AT + 6], 0x11);
		step.pages = 0;
		assert_true(tries < 20);
	}
	assert_in_range(tries, 2, 16);
	assert_int_equal(WORD(0), 0x1122111111111100 | (0x80 + tries));
	assert_int_equal(step.repeats, 0);
}

// Its page was open for a moment, and it read another word than those that it changes.
static void an_opening_is_noticed(void **state)
{
	u32 rule = new_rule(TESSERA_ACTION_AUDIT);
	u64 *word;

	(void)state;
	code = lock_xadd;
	protect(rule, PAGE(0) + AT, 16);
	protect(rule, PAGE(0) + 8, 8); // so that an opening changes the SPPT alone
	word = open_word(0);
	*open_word(1) = 7; // opened later
	unprotect(rule, PAGE(0) + AT, 16);
	(&WORD(0))[1]++;
	protect(rule, PAGE(0) + AT, 16);
	word[0]++;
	assert_int_equal(step_commit(&cpu, NULL), STEP_AGAIN);
	assert_int_equal(WORD(0), 0x1111111111111111);
	assert_int_equal(WORD(1), 0x1111111111111111);
	assert_int_equal(events, 0);
}

// It would pop the x87 stack twice.
static void what_cannot_run_twice_stores_beside_others(void **state)
{
	u32 rule = new_rule(TESSERA_ACTION_AUDIT);
	u64 *word;

	(void)state;
	code = fstp;
	protect(rule, PAGE(0) + AT, 16);
	word = open_word(0);
	unprotect(rule, PAGE(0) + AT, 16);
	memory[0][AT] = 0x99;
	((u8 *)word)[1] = 0x33;
	word[1] = 0x44;
	assert_int_equal(step_commit(&cpu, NULL), STEP_DONE);
	assert_int_equal(WORD(0), 0x1111111111113399);
	assert_int_equal((&WORD(0))[1], 0x44);
}

// The frame of an interrupt, which would have to be raised again.
static void a_delivery_is_not_repeated(void **state)
{
	(void)state;
	step.event = BIT(31) | 0x20;
	*open_word(0) = 0;
	WORD(0)++;
	assert_int_equal(step_commit(&cpu, NULL), STEP_DONE);
	assert_int_equal(WORD(0), 0);
}

static void a_part_leaves_the_words_of_others(void **state)
{
	u64 *word = open_word(0);

	(void)state;
	word[0] = 1;
	word[1] = 2;
	WORD(0) = 77;
	step_commit_part(&cpu);
	assert_int_equal(WORD(0), 77);
	assert_int_equal((&WORD(0))[1], 2);
}

#define PTE   0x80000067ULL // present, writable, accessed, dirty
#define FLAGS 0x60ULL

// If the guest takes an entry away while a walk sets its dirty flag, the store through it must not
// happen.
static void a_flag_is_not_lost(void **state)
{
	u64 *entry;

	(void)state;
	fake_vmcs[GUEST_CR4] = BIT(5); // PAE
	WORD(0) = PTE & ~FLAGS;
	*open_word(1) = 5;
	entry = (u64 *)(open_page(0, STEP_WALK) + AT);
	*entry = PTE;
	WORD(0) = 0;
	assert_int_equal(step_commit(&cpu, NULL), STEP_AGAIN);
	assert_int_equal(WORD(0), 0);
	assert_int_equal(WORD(1), 0x1111111111111111);
	WORD(0) = PTE & ~FLAGS;
	assert_int_equal(step_commit(&cpu, NULL), STEP_DONE);
	assert_int_equal(WORD(0), PTE);
	assert_int_equal(WORD(1), 5);
}

// A walk's flags pass every rule, or the guest could go no further. But whoever points an entry at
// protected memory is told of.
static void a_flag_that_meets_a_rule_is_recorded(void **state)
{
	static const u8 actions[] = { TESSERA_ACTION_AUDIT, TESSERA_ACTION_DISCARD,
				      TESSERA_ACTION_DENY };
	u32 seen = events;

	(void)state;
	fake_vmcs[GUEST_CR4] = BIT(5);                   // PAE
	for (u32 i = 0; i <= ARRAY_SIZE(actions); i++) { // the last one meets none
		u32 at = AT + i * 64, rule = 0;
		u64 *word = (u64 *)(memory[0] + at);

		if (i < ARRAY_SIZE(actions)) {
			rule = new_rule(actions[i]);
			protect(rule, PAGE(0) + at, 1);
			seen++;
		}
		*word = 1;
		*(u64 *)(open_page(0, STEP_WALK) + at) = 1 | FLAGS;
		assert_int_equal(step_commit(&cpu, NULL), STEP_DONE);
		assert_int_equal(*word, 1 | FLAGS);
		assert_int_equal(events, seen);
		step.pages = 0;
		if (!rule)
			continue;
		assert_int_equal(last_event.action, TESSERA_ACTION_AUDIT);
		assert_int_equal(last_event.rule, rule);
		assert_int_equal(last_event.gpa, PAGE(0) + at);
		assert_int_equal(last_event.gva, 0);
		assert_int_equal(last_event.before, 1);
		assert_int_equal(last_event.after, 1 | FLAGS);
	}
}

static void a_plain_store_reads_the_word_under_the_lock(void **state)
{
	u32 rule = new_rule(TESSERA_ACTION_AUDIT);
	const struct step_store store = { .value = 0x1122, .size = 2 };

	(void)state;
	protect(rule, PAGE(0) + AT, 16);
	*open_word(0) = 0; // old rubbish
	WORD(0) = 0x3333333333333333;
	unprotect(rule, PAGE(0) + AT, 16);
	protect(rule, PAGE(0) + AT, 16);
	assert_int_equal(step_commit(&cpu, &store), STEP_DONE);
	assert_int_equal(WORD(0), 0x3333333333331122);
	assert_int_equal(events, 1);
	assert_int_equal(last_event.before, 0x3333333333333333);
	assert_int_equal(last_event.after, 0x3333333333331122);
	assert_int_equal(last_event.size, 2);
}

static void a_denied_byte_stops_all(void **state)
{
	u32 discard = new_rule(TESSERA_ACTION_DISCARD);
	u64 *word;

	(void)state;
	protect(TESSERA_RULE_DENY, PAGE(0) + AT + 8, 1);
	protect(discard, PAGE(0) + AT + 3, 1);
	word = open_word(0);
	word[0] = 0x2222222222222222;
	word[1] = 1;
	assert_int_equal(step_commit(&cpu, NULL), STEP_DENIED);
	assert_int_equal(step.denied, TESSERA_ACTION_DENY);
	assert_int_equal(WORD(0), 0x1111111111111111);
	assert_int_equal(events, 1);
	word[1] = 0x1111111111111111;
	assert_int_equal(step_commit(&cpu, NULL), STEP_DONE);
	assert_int_equal(WORD(0), 0x2222222211222222);
	assert_int_equal(last_event.action, TESSERA_ACTION_DISCARD);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(stores_land),
		TEST(a_word_that_others_changed_is_not_overwritten),
		TEST(a_plain_store_ends_in_time),
		TEST(an_opening_is_noticed),
		TEST(what_cannot_run_twice_stores_beside_others),
		TEST(a_delivery_is_not_repeated),
		TEST(a_part_leaves_the_words_of_others),
		TEST(a_flag_is_not_lost),
		TEST(a_flag_that_meets_a_rule_is_recorded),
		TEST(a_plain_store_reads_the_word_under_the_lock),
		TEST(a_denied_byte_stops_all),
	};

	return cmocka_run_group_tests_name("write-back of steps", tests, NULL, NULL);
}
