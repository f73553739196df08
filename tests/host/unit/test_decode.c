// SPDX-License-Identifier: MIT
// Sources: vmx/step/decode.c
// Flags: -fno-sanitize=all
// The decoder of plain stores against the CPU that this test runs on: whatever the decoder
// knows is run as well, with random registers, and has to store the same bytes in the same place.
#define _GNU_SOURCE
#include <signal.h>
#include <sys/mman.h>
#include <ucontext.h>

#include "hv/x86/regs.h"
#include "tests/host/unit/support.h"
#include "vmx/step/decode.h"
#include "vmx/vmcs/vmcs.h"

#define CODE      0x010000000000ULL // nothing else lies within 2 GiB of it
#define REGISTERS 0x020000000000ULL // nor near this, and up to ten times this
#define SPREAD    0x10000
#define CASES     4000
#define FILL      0x5a
#define STOP      0xf4 // HLT, which ends in a signal

static const int order[16] = { REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP,
			       REG_RSI, REG_RDI, REG_R8,  REG_R9,  REG_R10, REG_R11,
			       REG_R12, REG_R13, REG_R14, REG_R15 };

static struct {
	bool runs;
	u64 gpr[16];
	gregset_t before;
	u64 rip; // where it ended
} machine;

// The first signal is our own, and begins the run; the next one ends it.
static void on_signal(int signal, siginfo_t *info, void *context)
{
	greg_t *now = ((ucontext_t *)context)->uc_mcontext.gregs;

	(void)info;
	if (!machine.runs && signal != SIGUSR1)
		abort(); // the test itself went wrong
	if (!machine.runs) {
		memcpy(machine.before, now, sizeof(gregset_t));
		for (u32 i = 0; i < 16; i++)
			now[order[i]] = (greg_t)machine.gpr[i];
		now[REG_RIP] = CODE;
		machine.runs = true;
		return;
	}
	machine.rip = (u64)now[REG_RIP];
	memcpy(now, machine.before, sizeof(gregset_t));
	machine.runs = false;
}

static void run(void)
{
	raise(SIGUSR1);
}

// Behind cmocka's back, which has handlers of its own while a test runs.
static void begin(void)
{
	static u8 stack[65536];
	stack_t other = { .ss_sp = stack, .ss_size = sizeof(stack) };
	struct sigaction action = { .sa_sigaction = on_signal,
				    .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER };

	assert_int_equal(sigaltstack(&other, NULL), 0);
	sigaction(SIGUSR1, &action, NULL);
	sigaction(SIGSEGV, &action, NULL);
	sigaction(SIGBUS, &action, NULL);
	sigaction(SIGILL, &action, NULL);
	assert_ptr_equal(mmap((void *)CODE, PAGE_SIZE, PROT_READ | PROT_WRITE | PROT_EXEC,
			      MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0),
			 (void *)CODE);
}

// Runs the code with two pages mapped around the place where it is to store.
static void compare(const u8 *code, const struct plain_store *s)
{
	u64 start = s->offset & PAGE_MASK;
	u8 *memory = mmap((void *)start, 2 * PAGE_SIZE, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

	assert_ptr_equal(memory, (void *)start);
	memset(memory, FILL, 2 * PAGE_SIZE);
	memset((void *)CODE, STOP, 64);
	memcpy((void *)CODE, code, s->length);
	run();
	assert_int_equal(machine.rip, CODE + s->length);
	assert_memory_equal((void *)s->offset, &s->value, s->size);
	memset((void *)s->offset, FILL, s->size);
	for (u32 i = 0; i < 2 * PAGE_SIZE; i++)
		assert_int_equal(memory[i], FILL);
	munmap(memory, 2 * PAGE_SIZE);
}

static void choose_registers(void)
{
	for (u32 i = 0; i < 16; i++)
		machine.gpr[i] = REGISTERS + random_below(SPREAD);
}

// Prefixes, REX, an opcode that decode_store may know, ModRM and random bytes behind them.
static void choose_code(u8 *code)
{
	static const u8 opcodes[] = { 0x88, 0x89, 0xc6, 0xc7 };
	u32 at = 0;

	for (u32 i = 0; i < 32; i++)
		code[i] = (u8)random64();
	if (random_below(4) == 0)
		code[at++] = 0x66;
	if (random_below(2))
		code[at++] = 0x40 | random_below(16);
	if (random_below(16))
		code[at++] = opcodes[random_below(4)];
	if (at && code[at - 1] >= 0xc6 && random_below(8))
		code[at] &= 0xc7; // the only extension of that opcode that exists
}

static bool in_reach(const struct plain_store *s)
{
	u64 code_page = CODE & PAGE_MASK, page = s->offset & PAGE_MASK;

	return page >= 0x1000000 && page < 0x200000000000 && page + PAGE_SIZE != code_page &&
	       page != code_page;
}

static void what_it_knows_the_processor_does(void **state)
{
	u32 known = 0;
	u8 code[32];
	struct plain_store s;

	(void)state;
	begin();
	seed_random("decode", 91);
	for (u32 n = 0; n < CASES; n++) {
		choose_registers();
		choose_code(code);
		if (!decode_store(code, INSTRUCTION_MAX, CODE, machine.gpr, &s) || !in_reach(&s))
			continue;
		known++;
		compare(code, &s);
	}
	assert_true(known > CASES / 3);
}

// Nothing but these four opcodes, and of them only stores to memory.
static void the_rest_it_leaves_alone(void **state)
{
	struct plain_store s;
	u8 code[DECODE_BYTES] = { 0 };

	(void)state;
	for (u32 opcode = 0; opcode < 256; opcode++) {
		for (u32 modrm = 0; modrm < 256; modrm++) {
			bool store = opcode == 0x88 || opcode == 0x89;
			bool value = (opcode == 0xc6 || opcode == 0xc7) && !(modrm >> 3 & 7);

			if (opcode >> 4 == 4 || opcode == 0x64 || opcode == 0x65 || opcode == 0x66)
				continue; // prefixes
			code[0] = (u8)opcode;
			code[1] = (u8)modrm;
			assert_int_equal(decode_store(code, 15, CODE, machine.gpr, &s),
					 (store || value) && modrm >> 6 != 3);
		}
	}
}

static void prefixes_that_mean_more_are_stepped(void **state)
{
	static const u8 prefixes[] = { 0xf0, 0xf2, 0xf3, 0x67, 0x2e, 0x36, 0x3e, 0x26, 0xc5 };
	u8 code[DECODE_BYTES] = { 0, 0x89, 0x07 };
	struct plain_store s;

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(prefixes); i++) {
		code[0] = prefixes[i];
		assert_false(decode_store(code, 15, CODE, machine.gpr, &s));
	}
}

static void segments_with_a_base_are_told(void **state)
{
	static const u8 fs[DECODE_BYTES] = { 0x64, 0x48, 0x89, 0x04, 0x25, 0x28, 0, 0, 0 };
	static const u8 gs[DECODE_BYTES] = { 0x66, 0x65, 0xc7, 0x07, 0x34, 0x12 };
	struct plain_store s;

	(void)state;
	choose_registers();
	assert_true(decode_store(fs, 15, CODE, machine.gpr, &s));
	assert_int_equal(s.segment, SEG_FS);
	assert_int_equal(s.offset, 0x28);
	assert_int_equal(s.length, 9);
	assert_true(decode_store(gs, 15, CODE, machine.gpr, &s));
	assert_int_equal(s.segment, SEG_GS);
	assert_int_equal(s.offset, machine.gpr[RDI]);
	assert_int_equal((u16)s.value, 0x1234);
	assert_int_equal(s.size, 2);
}

static void an_instruction_that_goes_on_is_not_known(void **state)
{
	static const u8 code[DECODE_BYTES] = { 0x48, 0xc7, 0x80, 1, 2, 3, 4, 5, 6, 7, 8 };
	struct plain_store s;

	(void)state;
	for (u32 room = 0; room < 16; room++)
		assert_int_equal(decode_store(code, room, CODE, machine.gpr, &s), room >= 11);
}

static void what_may_run_twice_is_told(void **state)
{
	static const struct {
		u8 code[8];
		u32 length;
		enum restart restart;
	} table[] = {
		{ { 0xf0, 0x48, 0x0f, 0xc1, 0x07 }, 5, RESTART_ALWAYS },      // lock xadd
		{ { 0x66, 0xf0, 0xff, 0x07 }, 4, RESTART_ALWAYS },            // lock inc
		{ { 0xf0, 0x48, 0x0f, 0xc7, 0x0f }, 5, RESTART_ALWAYS },      // lock cmpxchg16b
		{ { 0x86, 0x07 }, 2, RESTART_ALWAYS },                        // xchg [rdi], al
		{ { 0x4d, 0x87, 0x3c, 0x24 }, 4, RESTART_ALWAYS },            // xchg [r12], r15
		{ { 0x2e, 0x64, 0x87, 0x07 }, 4, RESTART_ALWAYS },            // with prefixes
		{ { 0x48, 0xff, 0x07 }, 3, RESTART_MAY },                     // inc
		{ { 0x88, 0x07 }, 2, RESTART_MAY },                           // mov
		{ { 0x36, 0x65, 0x67, 0x89, 0x07 }, 5, RESTART_MAY },         //
		{ { 0x0f, 0xae, 0x27 }, 3, RESTART_MAY },                     // xsave
		{ { 0xf3, 0x48, 0xab }, 3, RESTART_MAY },                     // rep stosq
		{ { 0xc5, 0xfa, 0x7f, 0x07 }, 4, RESTART_MAY },               // vmovdqu
		{ { 0xe8, 0, 0, 0, 0 }, 5, RESTART_MAY },                     // call
		{ { 0xf3, 0x6c }, 2, RESTART_NEVER },                         // rep insb
		{ { 0x66, 0x6d }, 2, RESTART_NEVER },                         // insw
		{ { 0xf3, 0x48, 0xa5 }, 3, RESTART_NEVER },                   // rep movsq
		{ { 0xa4 }, 1, RESTART_NEVER },                               // movsb
		{ { 0xd9, 0x1f }, 2, RESTART_NEVER },                         // fstp
		{ { 0x41, 0xdd, 0x37 }, 3, RESTART_NEVER },                   // fnsave
		{ { 0xdf, 0x3f }, 2, RESTART_NEVER },                         // fistp
		{ { 0x62, 0xf2, 0x7d, 0x49, 0xa0, 0x04 }, 6, RESTART_NEVER }, // a scatter
		{ { 0x48 }, 1, RESTART_ALWAYS },                              // cannot be read on
		{ { 0 }, 0, RESTART_ALWAYS },
	};

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(table); i++)
		if (decode_restart(table[i].code, table[i].length) != table[i].restart)
			fail_msg("entry %u", i);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_it_knows_the_processor_does),
		cmocka_unit_test(the_rest_it_leaves_alone),
		cmocka_unit_test(prefixes_that_mean_more_are_stepped),
		cmocka_unit_test(segments_with_a_base_are_told),
		cmocka_unit_test(an_instruction_that_goes_on_is_not_known),
		cmocka_unit_test(what_may_run_twice_is_told),
	};

	return cmocka_run_group_tests_name("decode", tests, NULL, NULL);
}
