// SPDX-License-Identifier: MIT
// Sources: hv/lib/number.c
// Sources: hv/lib/format.c hv/core/log.c hv/lib/pool.c hv/console/commands.c hv/console/cmd/*.c
// Sources: hv/console/shell/*.c ept/*.c spp/*.c hv/core/power_off.c hv/core/guest_walk.c
// Sources: vmx/vmcs/names.c vmx/exit/timing.c tests/host/shell/fake_vm.c
// Sources: tests/host/shell/fake_guest.c tests/host/shell/terminal.c tests/host/shell/operator.c
// Flags: -Wl,--wrap=ept_lookup
// The commands that look: into CPUs, memory, tables and what happens.
#include <stdio.h>
#include <string.h>

#include "tests/host/shell/fake_guest.h"
#include "tests/host/shell/operator.h"
#include "vmx/exit/timing.h"
#include "vmx/vmcs/snapshot.h"

struct ept_leaf __real_ept_lookup(const struct ept *e, u64 gpa);
struct ept_leaf __wrap_ept_lookup(const struct ept *e, u64 gpa);

static u32 walks, walks_without_lock;

struct ept_leaf __wrap_ept_lookup(const struct ept *e, u64 gpa)
{
	walks++;
	walks_without_lock += !lock_is_held(&vm0.policy.lock);
	return __real_ept_lookup(e, gpa);
}

static int fresh_guest(void **state)
{
	memset(fake_ram, 0, sizeof(fake_ram));
	fake_events = 0;
	boot->rsdp = 0;
	return fresh(state);
}

static void processors_tell_their_registers(void **state)
{
	(void)state;
	assert_says("regs 2", "cpu 2, guest, at privilege level 0");
	assert_shows("RIP    000000000000681e  RSP    000000000000681c");
	assert_shows("RAX    0000000000001000  RCX    0000000000001001");
	assert_shows("CS     0802  base 0000000000006808");
	assert_says("vmcs 1", "681e  GUEST_RIP                 000000000000681e");
	assert_shows("6c16  HOST_RIP ");
	assert_hides("SPPT_POINTER");
	assert_says("regs 4", "there is no CPU 4: use 0 to 3");
	assert_says("regs 3", "cpu 3 runs no guest now: it is waiting");
	assert_says("vmcs x", "`x` is not a number");
}

static void the_machine_stands_and_goes(void **state)
{
	(void)state;
	assert_says("go", "the guest is not frozen");
	assert_says("step 1", "the guest runs: `freeze` it first");
	assert_says("freeze", "guest frozen after");
	assert_says("freeze", "the guest is frozen already");
	assert_says("cpus", "frozen");
	assert_says("step 1", "cpu 1 is frozen at 0x4, after a VM exit by ");
	assert_says("step 1", "cpu 1 is frozen at 0x8, after a VM exit by ");
	assert_says("step 2", "cpu 2 is halted");
	assert_says("step 3", "cpu 3 runs no guest");
	assert_says("go", "guest resumed; it was frozen for");
	assert_false(vm0.freeze.on);
}

static void exits_are_counted_from_a_reset(void **state)
{
	(void)state;
	vm0.cpu[0]->exits[REASON_CPUID] = 40;
	vm0.cpu[2]->exits[REASON_CPUID] = 2;
	assert_says("exits", "10 CPUID                              42");
	assert_says("exits reset", "");
	assert_says("exits", "reason");
	assert_hides("CPUID");
	vm0.cpu[2]->exits[REASON_CPUID] += 5;
	assert_says("exits", "10 CPUID                               5");
	assert_says("exits 0", "reason");
	assert_hides("CPUID");
	assert_says("exits reset now", "usage: exits [CPU|reset|timing [on|off]]");
	assert_says("exits 1 2", "usage:");
}

static void exits_are_timed_when_asked(void **state)
{
	(void)state;
	assert_says("exits timing", "timing is off");
	assert_says("exits timing yes", "usage:");
	assert_says("exits timing on", "");
	assert_true(timing_is_on(&vm0));
	assert_says("exits timing", "timing is on");
	vm0.cpu[0]->exits[REASON_SPP] = 4;
	vm0.cpu[0]->timing.book->times[REASON_SPP] =
		(struct exit_times){ .count = 3, .sum = 300, .least = 50, .most = 190 };
	vm0.cpu[1]->exits[REASON_SPP] = 1;
	vm0.cpu[1]->timing.book->times[REASON_SPP] =
		(struct exit_times){ .count = 1, .sum = 40, .least = 40, .most = 40 };
	assert_says("exits",
		    "66 SPP                                 5        40        85       190");
	assert_says("exits 1",
		    "66 SPP                                 1        40        40        40");
	assert_says("exits 2", "reason");
	assert_hides("SPP");
	assert_says("exits timing off", "");
	assert_false(timing_is_on(&vm0));
}

static void without_memory_nothing_is_timed(void **state)
{
	(void)state;
	while (pool_alloc(&pool))
		;
	assert_says("exits timing on", "the hypervisor's pool is used up");
	assert_false(timing_is_on(&vm0));
}

static void top_goes_on_until_a_key(void **state)
{
	u32 top;

	(void)state;
	terminal_type(&t, &s, "top\r");
	top = t.y;
	assert_int_equal(s.mode, MODE_RUN);
	assert_int_equal(t.clears, 1);
	vm0.cpu[1]->exits[REASON_CPUID] += 1000000;
	vm0.cpu[1]->exits_total += 1000000;
	s.call.pause = 0; // a second later
	terminal_settle(&t, &s);
	assert_true(terminal_shows(&t, top, "10 CPUID"));
	assert_true(terminal_shows(&t, top, "cpu 1   root"));
	assert_true(terminal_shows(&t, top, "(press any key to end)"));
	terminal_type(&t, &s, "x");
	assert_int_equal(s.mode, MODE_EDIT);
	assert_int_equal(s.line.length, 0);
	terminal_type(&t, &s, "top\r\x03");
	assert_int_equal(s.mode, MODE_EDIT);
}

static void events_are_listed(void **state)
{
	(void)state;
	assert_says("events", "");
	assert_int_equal(t.y, mark);
	fake_events = 3;
	assert_says("events", "     1 [    0.001000] cpu0 denied gpa 0x1 rule deny rip 0x0 cpl 3");
	assert_shows("     2 [    0.002000] cpu0 audited gpa 0x2");
	assert_shows("8 bytes: 0x0000000000000001 became 0x0000000000000002");
	fake_events = 2000;
	assert_says("events", "  1489 [");
	assert_shows("  2000 [");
	assert_hides("  1488 [");
	assert_int_equal(terminal_count(&t, mark, "cpu0"), EVENTS_KEPT);
	assert_says("events now", "usage: events [follow]");
}

static void events_are_followed(void **state)
{
	u32 top;

	(void)state;
	fake_events = 10;
	top = t.y + 1;
	terminal_type(&t, &s, "events follow\r");
	assert_int_equal(terminal_count(&t, top, "cpu0"), 0);
	fake_events = 12;
	s.call.pause = 0;
	terminal_settle(&t, &s);
	assert_int_equal(terminal_count(&t, top, "cpu0"), 2);
	fake_events = 2000;
	s.call.pause = 0;
	terminal_settle(&t, &s);
	assert_true(terminal_shows(&t, top, "[1732 events were dropped: they came too fast"));
	while (s.mode == MODE_RUN && !terminal_shows(&t, top, "  2000 [")) {
		s.call.pause = 0;
		terminal_settle(&t, &s);
	}
	assert_int_equal(terminal_count(&t, top, "cpu0"), 2 + EVENTS_KEPT / 2);
	terminal_type(&t, &s, "q");
	assert_int_equal(s.mode, MODE_EDIT);
}

static void the_map_comes_in_ranges(void **state)
{
	(void)state;
	assert_says("ept map", "000000000000..000800000000    32 GiB  rwx, WB");
	assert_shows("000800000000..000801000000    16 MiB  hidden: Tessera");
	assert_shows("000801000000..001000000000 32752 MiB  rwx, WB");
	says("protect 0x200080+0x80", "");
	for (u64 i = 0; i < 1200; i++)
		vm_protect(&vm0, TESSERA_RULE_DENY, 0x400000 + i * 2 * PAGE_SIZE, PAGE_SIZE);
	assert_says("ept map", "000000200000..000000201000     4 KiB  r-x writes by tile, WB");
	assert_int_equal(terminal_count(&t, mark, "     4 KiB  r-x, WB"), 1200);
}

static void mtrrs_are_shown(void **state)
{
	(void)state;
	assert_says("mtrr", "MTRRs are not there");
	vm0.ept.types = (struct mtrr_state){ .present = true, .addr_bits = 36, .variable = 2 };
	assert_says("mtrr", "MTRRs are off");
	vm0.ept.types.def_type = BIT(11) | MT_WB;
	vm0.ept.types.base[0] = 0x80000000 | MT_UC;
	vm0.ept.types.mask[0] = 0xf80000000 | BIT(11);
	vm0.ept.types.base[1] = 0x1000 | MT_WT;
	vm0.ept.types.mask[1] = 0xf00001000 | BIT(11);
	assert_says("mtrr", "default WB, 2 variable ranges");
	assert_shows("000000000000..000000001000  WB");
	assert_shows("000080000000..000100000000  UC");
	assert_shows("1: base 000000001000 mask 000f00001000  WT");
}

static void cpuid_has_two_sides(void **state)
{
	(void)state;
	assert_says("cpuid 0x7 1",
		    "guest     eax 00000007  ebx 0000bbbb  ecx 00000001  edx 0000dddd");
	assert_shows("hardware  eax ");
	assert_says("cpuid", "an argument is missing");
	assert_says("cpuid 1 x", "`x` is not a number");
}

static void memory_is_shown(void **state)
{
	(void)state;
	memcpy(fake_ram + 0x1234, "Hello, guest\x01\x7f!", 15);
	assert_says(
		"mem 0x1234 15",
		"000000001234  48 65 6c 6c 6f 2c 20 67  75 65 73 74 01 7f 21     Hello, guest..!");
	assert_says("mem 0x1234+8", "48 65 6c 6c 6f 2c 20 67                           Hello, g");
	assert_says("mem 0x1000..0x1100", "0000000010f0");
	assert_hides("000000001100");
	assert_says("mem 0 32K", "000000007ff0");
	assert_int_equal(terminal_count(&t, mark, "00 00"), 2048);
	assert_says("mem 0x3ffff8 16", "0000003ffff8 is not the guest's RAM: see `ept`");
	assert_says("mem 0 0", "a range of 0 bytes from there is not possible");
	assert_says("mem 2 0xffffffffffffffff", "is not possible");
	assert_says("mem 5", "`5` is not a range");
}

static void memory_is_searched(void **state)
{
	(void)state;
	memcpy(fake_ram + 0x1ffd, "needle", 6); // over a page's border
	memcpy(fake_ram + 0x200000, "needle", 6);
	memcpy(fake_ram + FAKE_RAM_SIZE - 6, "needle", 6); // where RAM ends
	assert_says("find 0 4M needle", "000000001ffd");
	assert_shows("000000200000");
	assert_shows("0000003ffffa");
	assert_shows("3 found");
	assert_says("find 0..16G needle", "3 found");
	assert_says("find 0 0xffffffffffffffff 0x6e6565646c65", "3 found");
	assert_says("find 0x1ffe 0x1000 eedle", "000000001ffe");
	assert_says("find 0x1ffe 4 eedle", "0 found");
	assert_says("find 0 64K 0x6e656", "a pattern is text or bytes");
	assert_says("find 0 64K \"\"", "a pattern is text or bytes");
	assert_says("find 0 64K 0xgg", "is not a number");
	assert_says("find 0 64K 0x4k4M", "`0xk` is not a number");
	assert_says("find 0 64K 0123456789012345678901234567890123", "a pattern is text or bytes");
	memset(fake_ram + 0x10000, 'x', 3000);
	assert_says("find 64K 64K xx", "2999 found");
	assert_int_equal(terminal_count(&t, mark, "000000010"), 2999);
}

// Four levels at 0x10000.. for 0x7f0000201000 -> 0x5000, and a large page beside.
// Another CPU may merge tables meanwhile and free them.
static void tables_are_walked_under_the_lock(void **state)
{
	static const char *const lines[] = { "ept 0x100000", "ept map", "spp 2M", "find 0..16G x",
					     "selftest" };

	(void)state;
	for (u32 i = 0; i < ARRAY_SIZE(lines); i++) {
		walks = walks_without_lock = 0;
		says(lines[i], "");
		if (!walks || walks_without_lock)
			fail_msg("`%s` walks %u times, %u without the lock", lines[i], walks,
				 walks_without_lock);
	}
}

static void paging_is_walked(void **state)
{
	u64 *ram = (u64 *)fake_ram;

	(void)state;
	ram[0x10000 / 8 + 0xfe] = 0x11067;
	ram[0x11000 / 8 + 0] = 0x12067;
	ram[0x12000 / 8 + 1] = 0x13067;
	ram[0x12000 / 8 + 2] = 0x2000e7 | BIT(63);
	ram[0x13000 / 8 + 1] = 0x5025;
	snapshot_set(GUEST_CR0, BIT(31) | 1);
	snapshot_set(GUEST_CR3, 0x10000);
	snapshot_set(GUEST_CR4, BIT(5));
	snapshot_set(GUEST_EFER, BIT(10));
	assert_says("translate 0 0x7f0000201042",
		    "PML4 entry 254 at 0x0000000107f0: 0x0000000000011067 wxuad");
	assert_shows("PT   entry   1 at 0x000000013008: 0x0000000000005025 -xua-");
	assert_shows("0x7f0000201042 is 0x5042, in a page of 4 KiB");
	assert_shows("1 GiB page at 0x0, rwx, WB");
	assert_says("translate 0 0x7f0000400000", "PD   entry   2 at 0x000000012010");
	assert_shows("w-uad");
	assert_shows("is 0x200000, in a page of 2048 KiB");
	assert_says("translate 0 0x7f0000202000", "0x7f0000202000 is not mapped");
	assert_says("translate 0 0x800000000000", "is not mapped");
	snapshot_set(GUEST_CR4, BIT(5) | BIT(12));
	assert_says("translate 0 0", "PML5 entry   0 at");
	snapshot_set(GUEST_EFER, 0);
	assert_says("translate 0 0", "32-bit paging, which is not walked");
	snapshot_set(GUEST_CR0, 1);
	assert_says("translate 0 0x1234", "0x1234 is 0x1234");
	assert_says("translate 3 0", "cpu 3 runs no guest");
	assert_says("translate 0", "an argument is missing");
}

static void selftest_finds_what_is_wrong(void **state)
{
	struct ept_leaf leaf;

	(void)state;
	assert_says("selftest", "selftest passed");
	assert_says("protect 0x200080+0x80", "protected");
	assert_says("protect 1G+2M", "protected");
	assert_says("selftest", "2 of them meet regions, 0 wrong");
	leaf = ept_lookup(&vm0.ept, 0x200000);
	*leaf.slot ^= EPT_SPP | EPT_W;
	assert_says("selftest", "0x200000: the tables do not match the rules");
	assert_shows("selftest FAILED");
	*leaf.slot ^= EPT_SPP | EPT_W;
	assert_says("selftest", "selftest passed");
	vm0.ept.hidden_start = 0x300000;
	assert_says("selftest", "0x300000: the guest can reach Tessera's own memory");
	fresh(NULL);
	pool.free_pages++;
	assert_says("selftest", "the list of free pages is broken");
	pool_free(&pool, pool_alloc(&pool));
	*(void **)pool.free_list = (void *)0x1000;
	assert_says("selftest", "the list of free pages is broken");
}

static void the_configuration_is_told(void **state)
{
	(void)state;
	boot->engine = BOOT_ENGINE_SOFTWARE;
	boot->uart_port = 0x2f8;
	boot->uart_baud = 9600;
	boot->protects = 2;
	boot->protect[1] = (struct boot_protect){
		.gpa = 0x1000, .length = 0x20, .action = TESSERA_ACTION_AUDIT, .name = "idt"
	};
	assert_says("config", "engine = software");
	assert_shows("memory = 16M");
	assert_shows("console = 0x2f8,9600");
	assert_shows("log = info");
	assert_shows("panic = halt");
	assert_shows("unseal = never");
	assert_shows("protect = 0x1000+0x20 audit name=idt");
}

static void put32(u32 at, u32 value)
{
	memcpy(fake_ram + at, &value, sizeof(value));
}

// RSDP 0x1000, RSDT 0x2000, FADT 0x3000, DSDT 0x4000.
static void lay_out_acpi(void)
{
	static const u8 s5[] = {
		0x08, '_', 'S', '5', '_', 0x12, 0x06, 0x04, 0x0a, 5, 0x0a, 7, 0, 0
	};

	memset(fake_ram, 0, 0x10000);
	memcpy(fake_ram + 0x1000, "RSD PTR ", 8);
	put32(0x1010, 0x2000);
	memcpy(fake_ram + 0x2000, "RSDT", 4);
	put32(0x2004, 36 + 8);
	put32(0x2024, 0x5000);
	put32(0x2028, 0x3000);
	memcpy(fake_ram + 0x3000, "FACP", 4);
	put32(0x3000 + 40, 0x4000);
	put32(0x3000 + 64, 0xb004);
	memcpy(fake_ram + 0x4000, "DSDT", 4);
	put32(0x4004, 0x1000);
	memcpy(fake_ram + 0x40fd, s5, sizeof(s5)); // over the border of what is read at once
	boot->rsdp = 0x1000;
}

static void poweroff_follows_the_tables(void **state)
{
	static const char refusal[] = "the firmware's ACPI tables do not say how";

	(void)state;
	assert_says("poweroff", refusal);
	lay_out_acpi();
	assert_says("poweroff", "switching the machine off");
	assert_shows("the machine did not switch off: try `reboot`");
	assert_int_equal(fake_off.port[0], 0xb004);
	assert_int_equal(fake_off.port[1], 0);
	assert_int_equal(fake_off.type[0], 5);
	assert_int_equal(fake_off.type[1], 7);
	put32(0x3000 + 112, BIT(20));
	assert_says("poweroff", refusal);
	lay_out_acpi();
	put32(0x3000 + 40, 0); // the DSDT by its 64-bit pointer alone
	put32(0x3000 + 140, 0x4000);
	assert_says("poweroff", refusal); // a table too short for it
	put32(0x3004, 276);
	assert_says("poweroff", "switching the machine off");
	lay_out_acpi();
	put32(0x2004, 0xffffffff);
	put32(0x4004, 0xffffffff);
	assert_says("poweroff", "switching the machine off");
	fake_ram[0x40fd + 8] = 0x70; // no integer
	assert_says("poweroff", refusal);
	memcpy(fake_ram + 0x5000, "SSDT", 4); // another place for the same name
	put32(0x5004, 0x100);
	memcpy(fake_ram + 0x5040, (u8[]){ 8, '_', 'S', '5', '_', 0x12, 4, 2, 0, 1 }, 10);
	assert_says("poweroff", "switching the machine off");
	assert_int_equal(fake_off.type[1], 1);
}

#define GUEST_TEST(name) \
	cmocka_unit_test_setup_teardown(name, fresh_guest, prompt_and_lock_are_back)

int main(void)
{
	const struct CMUnitTest tests[] = {
		GUEST_TEST(processors_tell_their_registers),
		GUEST_TEST(the_machine_stands_and_goes),
		GUEST_TEST(exits_are_counted_from_a_reset),
		GUEST_TEST(exits_are_timed_when_asked),
		GUEST_TEST(without_memory_nothing_is_timed),
		GUEST_TEST(top_goes_on_until_a_key),
		GUEST_TEST(events_are_listed),
		GUEST_TEST(events_are_followed),
		GUEST_TEST(the_map_comes_in_ranges),
		GUEST_TEST(mtrrs_are_shown),
		GUEST_TEST(cpuid_has_two_sides),
		GUEST_TEST(memory_is_shown),
		GUEST_TEST(memory_is_searched),
		GUEST_TEST(tables_are_walked_under_the_lock),
		GUEST_TEST(paging_is_walked),
		GUEST_TEST(selftest_finds_what_is_wrong),
		GUEST_TEST(the_configuration_is_told),
		GUEST_TEST(poweroff_follows_the_tables),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
