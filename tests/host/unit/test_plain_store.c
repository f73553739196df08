// SPDX-License-Identifier: MIT
// Sources: vmx/step/plain_store.c vmx/step/decode.c hv/core/guest_walk.c
// Flags: -iquote tests/host/unit/fake
// Which stores Tessera carries out for the guest: none that this CPL could not do itself. The exit
// may come from an access that the CPU does as supervisor (a descriptor's accessed bit), and
// another CPU may have put a store in the place of the instruction since.
#include "vmx/step/plain_store.h"

#include "hv/core/guest_memory.h"
#include "hv/core/vm.h"
#include "hv/x86/control_regs.h"
#include "hv/x86/insn.h"
#include "tests/host/unit/support.h"
#include "vmx/step/open.h"
#include "vmx/vmcs/guest.h"

#define P             BIT(0)
#define W             BIT(1)
#define U             BIT(2)
#define D             BIT(6)
#define KEY           BIT(59)

#define LINEAR_CODE   0x7000
#define LINEAR_TARGET 0x9000
#define OFFSET        0x128
#define LEVELS        4

enum { PML4, PDPT, PD, PT, CODE, TARGET, PAGES };

static u64 fake_vmcs[0x8000]; // by the fields' encodings
static u64 memory[PAGES][PAGE_SIZE / 8] __attribute__((aligned(4096)));
static struct cpu cpu;
u32 fake_pkru;
static struct regs regs;
static u32 stores;

u64 vmread(u64 field)
{
	return fake_vmcs[field];
}

void vmwrite(u64 field, u64 value)
{
	fake_vmcs[field] = value;
}

void *window_map(struct cpu *c, enum window window, u64 gpa)
{
	(void)c;
	(void)window;
	assert_in_range(gpa, 0, sizeof(memory) - 1);
	return (u8 *)memory + gpa;
}

int guest_read(struct cpu *c, u64 gpa, void *to, u64 length)
{
	(void)c;
	(void)gpa;
	(void)to;
	(void)length;
	fail();
	return 0;
}

struct paging guest_paging(void)
{
	return (struct paging){ .cr0 = vmread(GUEST_CR0),
				.cr3 = vmread(GUEST_CR3),
				.cr4 = vmread(GUEST_CR4),
				.efer = vmread(GUEST_EFER) };
}

void guest_advance_slow(struct cpu *c, u64 from, u64 to, u64 rflags)
{
	(void)c;
	(void)from;
	(void)to;
	(void)rflags;
}

bool step_store(struct cpu *c, u64 gpa, u64 gva, u64 value, u32 size)
{
	(void)c;
	assert_int_equal(gpa, TARGET * PAGE_SIZE + OFFSET);
	assert_int_equal(gva, LINEAR_TARGET + OFFSET);
	assert_int_equal(value & 0xff, 0xee);
	assert_int_equal(size, 1);
	stores++;
	return true;
}

// The entry of `level` (1 = PT) on the way to the target.
static u64 *entry(u32 level)
{
	return level == 1 ? &memory[PT][LINEAR_TARGET / PAGE_SIZE] : &memory[PT + 1 - level][0];
}

static void begin(void)
{
	memset(memory, 0, sizeof(memory));
	memset(fake_vmcs, 0, sizeof(fake_vmcs));
	for (u32 i = PML4; i < PT; i++)
		memory[i][0] = (i + 1) * PAGE_SIZE | P | W | U;
	memory[PT][LINEAR_CODE / PAGE_SIZE] = CODE * PAGE_SIZE | P | U;
	*entry(1) = TARGET * PAGE_SIZE | P | W | U | D;
	memcpy(memory[CODE], "\x88\x1f", 2); // mov [rdi], bl
	fake_vmcs[GUEST_CR0] = CR0_PE | CR0_WP | CR0_PG;
	fake_vmcs[GUEST_EFER] = EFER_LMA;
	fake_vmcs[GUEST_RFLAGS] = 2;
	fake_vmcs[GUEST_RIGHTS(SEG_CS)] = RIGHTS_LONG_MODE;
	fake_vmcs[GUEST_RIGHTS(SEG_SS)] = 3U << 5;
	regs.gpr[RDI] = LINEAR_TARGET + OFFSET;
	regs.gpr[RBX] = 0xee;
	cpu.regs = &regs;
}

static bool carried_out(void)
{
	bool done;

	stores = 0;
	fake_vmcs[GUEST_RIP] = LINEAR_CODE; // also after a store that was carried out
	done = store_plain(&cpu, TARGET * PAGE_SIZE + OFFSET, LINEAR_TARGET + OFFSET);

	assert_int_equal(stores, done);
	return done;
}

static void supervisor(void)
{
	fake_vmcs[GUEST_RIGHTS(SEG_SS)] = 0;
}

static void a_user_writes_what_it_may_write(void **state)
{
	(void)state;
	begin();
	assert_true(carried_out());
	for (u32 level = 1; level <= LEVELS; level++) {
		begin();
		*entry(level) &= ~W;
		assert_false(carried_out());
		begin();
		*entry(level) &= ~U;
		assert_false(carried_out());
	}
	begin();
	*entry(1) &= ~D;
	assert_false(carried_out());
}

static void a_supervisor_writes_its_own(void **state)
{
	(void)state;
	for (u32 level = 1; level <= LEVELS; level++) {
		begin();
		supervisor();
		*entry(level) &= ~U;
		fake_vmcs[GUEST_CR4] = CR4_SMAP | CR4_PKE;
		assert_true(carried_out());
		*entry(level) &= ~W;
		assert_false(carried_out());
	}
	begin();
	supervisor();
	assert_true(carried_out()); // a user's page, without SMAP
	fake_vmcs[GUEST_CR4] = CR4_SMAP;
	assert_false(carried_out());
}

static void begin_with_key(u64 key, bool as_user)
{
	begin();
	*entry(1) |= key * KEY;
	if (!as_user)
		supervisor();
	fake_vmcs[GUEST_CR4] = CR4_PKE | CR4_PKS;
	fake_vmcs[HOST_CR4] = CR4_PKE;
}

// Each key, alone denied and alone allowed, by either of its bits.
static void keys_of_user_pages_are_asked(void **state)
{
	(void)state;
	for (u32 i = 0; i < 32; i++) {
		begin_with_key(i / 2, i % 3);
		fake_pkru = 0;
		assert_true(carried_out());
		fake_pkru = 1U << i;
		assert_false(carried_out());
		fake_vmcs[GUEST_CR4] &= ~(u64)CR4_PKE;
		assert_true(carried_out());
		begin_with_key(i / 2, i % 3);
		fake_pkru = ~(3U << i / 2 * 2);
		assert_true(carried_out());
		fake_vmcs[HOST_CR4] = 0; // PKRU cannot be read: a step lets the CPU judge
		assert_false(carried_out());
	}
}

// Their rights are in an MSR that is not read: a step does it.
static void keys_of_supervisor_pages_are_left_to_the_cpu(void **state)
{
	(void)state;
	begin();
	supervisor();
	*entry(1) = (*entry(1) & ~U) | KEY;
	fake_vmcs[GUEST_CR4] = CR4_PKS;
	assert_false(carried_out());
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_user_writes_what_it_may_write),
		cmocka_unit_test(a_supervisor_writes_its_own),
		cmocka_unit_test(keys_of_user_pages_are_asked),
		cmocka_unit_test(keys_of_supervisor_pages_are_left_to_the_cpu),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
