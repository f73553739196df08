// SPDX-License-Identifier: MIT
// install, remove, confirm and check, on a machine whose firmware is a shell script.
#include "tests/host/tools/fake.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/host/boot/flawed.h"
#include "tools/machine.h"

#define MOUNTS                                                    \
	"20 1 8:2 / / rw - ext4 /dev/sda2 rw\n"                   \
	"21 20 8:1 / /boot/efi rw shared:3 - vfat /dev/sda1 rw\n" \
	"22 20 0:9 / /boot rw - tmpfs none rw\n"

#define VARIABLE "/sys/firmware/efi/efivars/TesseraAttempts-7e55e7a0-626f-6f74-8000-000000000001"
#define LOADER   "/boot/efi/EFI/tessera/tessera.efi"
#define CONFIG   "/boot/efi/EFI/tessera/tessera.conf"
#define RECORD   "/var/lib/tessera/installed"

// Keeps its entries in the file "entries"; fails when there is a file "broken".
static const char efibootmgr[] =
	"#!/bin/sh\n"
	"here=$(dirname \"$0\")\n"
	"[ -e \"$here/broken\" ] && [ $# -gt 1 ] && { echo no room; exit 5; }\n"
	"case \"$1\" in\n"
	"--create) printf '%s\\n' \"Boot0007* $7 HD($5,GPT)/File($9) on $3\" >>\"$here/entries\" "
	";;\n"
	"--bootnum) sed -i \"/^Boot$2/d\" \"$here/entries\" ;;\n"
	"esac\n"
	"echo BootCurrent: 0001\n"
	"cat \"$here/entries\"\n";

static struct machine saved;

static int setup(void **state)
{
	char path[1024];

	if (fake_setup(state))
		return -1;
	saved = machine;
	fake_text("/proc/self/mountinfo", MOUNTS);
	fake_text("/sys/devices/x/sda/sda1/partition", "1\n");
	fake_text("/sys/dev/block/x", "");
	if (symlink("../../devices/x/sda/sda1", fake_path("/sys/dev/block/8:1")))
		return -1;
	fake_text("/boot/efi/x", "");
	fake_text("/var/lib/x", "");
	fake_text("/usr/lib/tessera/BOOTX64.EFI", "MZ loader");
	fake_text("/usr/lib/tessera/tessera.conf", "# settings\n");
	fake_text("/sys/firmware/efi/efivars/x", "");
	fake_text("/bin/entries", "Boot0001* debian\\EFI\\debian\\shimx64.efi\n");
	fake_text("/bin/efibootmgr", efibootmgr);
	chmod(fake_path("/bin/efibootmgr"), 0755);
	snprintf(path, sizeof(path), "%s:/usr/bin:/bin", fake_path("/bin"));
	return setenv("PATH", path, 1);
}

static int teardown(void **state)
{
	machine = saved;
	return fake_teardown(state);
}

static void nothing_is_left(void)
{
	assert_false(fake_exists("/boot/efi/EFI"));
	assert_false(fake_exists(RECORD));
	assert_false(fake_exists("/var/lib/tessera"));
	assert_null(strstr(fake_read("/bin/entries"), "Tessera"));
	assert_says(fake_read("/bin/entries"), "Boot0001* debian");
}

static void install_and_remove(void **state)
{
	(void)state;
	const struct outcome *o = succeeds("install");

	assert_says(o->out, "; the boot entry Boot0007 starts it\n");
	assert_string_equal(fake_read(LOADER), "MZ loader");
	assert_string_equal(fake_read(CONFIG), "# settings\n");
	assert_says(fake_read("/bin/entries"),
		    "Boot0007* Tessera HD(1,GPT)/File(\\EFI\\tessera\\tessera.efi) on /dev/sda\n");
	fake_file(VARIABLE, "\7\0\0\0\2", 5);
	assert_says(succeeds("remove")->out, "; deleted the boot entry Boot0007\n");
	nothing_is_left();
	assert_false(fake_exists(VARIABLE));
	fails("remove", REFUSED, "tesseractl has installed nothing");
}

static void again_replaces_the_loader_and_keeps_the_settings(void **state)
{
	(void)state;
	succeeds("install");
	fake_text(CONFIG, "mine\n");
	fake_text("/usr/lib/tessera/BOOTX64.EFI", "MZ newer");
	succeeds("install");
	assert_string_equal(fake_read(LOADER), "MZ newer");
	assert_string_equal(fake_read(CONFIG), "mine\n");
	assert_null(strstr(strstr(fake_read("/bin/entries"), "Boot0007") + 1, "Boot0007"));
	succeeds("remove");
	nothing_is_left();
}

static void what_was_there_stays(void **state)
{
	(void)state;
	fake_text("/boot/efi/EFI/debian/shimx64.efi", "MZ shim");
	fake_text(CONFIG, "mine\n");
	succeeds("install");
	succeeds("remove");
	assert_string_equal(fake_read(CONFIG), "mine\n");
	assert_true(fake_exists("/boot/efi/EFI/debian/shimx64.efi"));
	assert_false(fake_exists(LOADER));
}

static void what_the_loader_installed_is_the_loaders(void **state)
{
	(void)state;
	fake_text(LOADER, "MZ by the loader itself");
	fails("install", REFUSED, "was not installed by tesseractl");
	assert_string_equal(fake_read(LOADER), "MZ by the loader itself");
}

static void a_step_that_fails_is_undone(void **state)
{
	(void)state;
	fake_text("/bin/broken", "");
	fails("install", REFUSED, "efibootmgr failed: no room");
	nothing_is_left();
	unlink(fake_path("/bin/broken"));

	succeeds("install");
	fake_text("/bin/entries", "");
	fake_text("/bin/broken", "");
	fake_text("/usr/lib/tessera/BOOTX64.EFI", "MZ newer");
	fails("install", REFUSED, "all changes were undone");
	assert_string_equal(fake_read(LOADER), "MZ loader");
	assert_true(fake_exists(RECORD));
}

static void what_it_needs_is_named(void **state)
{
	(void)state;
	fake_text("/usr/lib/tessera/BOOTX64.EFI", "ELF");
	fails("install", REFUSED, "is not a UEFI program");
	fails("install --loader /no/such/file", REFUSED, "/no/such/file: No such file");
	fake_text("/usr/lib/tessera/BOOTX64.EFI", "MZ");
	fails("install --config /no/such/file", REFUSED, "/no/such/file: No such file");
	fails("install --esp /boot", REFUSED, "no FAT file system is mounted at /boot");
	fake_text("/proc/self/mountinfo", "");
	fails("install", REFUSED, "give --esp FOLDER");
	fake_text("/proc/self/mountinfo", "21 20 8:9 / /boot/efi rw - vfat /dev/loop0 rw\n");
	fails("install", REFUSED, "not on a partition of a disk");
	fake_text("/proc/self/mountinfo", MOUNTS);
	setenv("PATH", "/nowhere", 1);
	fails("install", REFUSED, "efibootmgr is not installed: apt install efibootmgr");
	setenv("PATH", "/usr/bin:/bin", 1);
	nothing_is_left();
}

static void confirm_forgets_the_starts(void **state)
{
	(void)state;
	assert_says(succeeds("confirm")->out, "nothing to confirm");
	fake_file(VARIABLE, "\7\0\0\0\2", 5);
	assert_says(succeeds("confirm")->out, "unconfirmed starts cleared: 2\n");
	assert_false(fake_exists(VARIABLE));
	rename(fake_path("/sys/firmware"), fake_path("/sys/away"));
	fails("confirm", REFUSED, "mount efivarfs");
}

static bool no_tessera(void)
{
	return false;
}

static bool tessera_below(void)
{
	return true;
}

static bool not_root(u32 cpu, u32 msr, u64 *value)
{
	(void)cpu;
	(void)msr;
	(void)value;
	return false;
}

static struct cpuid no_vmx(u32 leaf)
{
	return leaf == CPUID_FEATURES ? (struct cpuid){ 0 } : flawed_cpuid(leaf);
}

static void check_judges(void **state)
{
	const struct outcome *o;

	(void)state;
	machine = (struct machine){ no_tessera, { flawed_cpuid, flawed_msr } };
	flawed_set(VMX_WORD_FEATURES, 0);
	o = succeeds("check");
	assert_says(o->out, "[  ok  ] SPP\n");
	assert_says(o->out, "verdict: Tessera can run on this machine\n");
	assert_says(succeeds("check --json")->out, "{\"name\": \"SPP\", \"verdict\": \"ok\", ");

	flawed_set(VMX_WORD_SECONDARY, SECONDARY_SPP);
	assert_says(succeeds("check")->out, "[  --  ] SPP: missing on ");

	flawed_set(VMX_WORD_LOCK, FEATURE_CONTROL_VMX);
	o = run_tool("check");
	assert_int_equal(o->status, FAULTY);
	assert_says(o->out, "[ FAIL ] VMX allowed by firmware: missing on ");
	assert_says(o->out, "enable VT-x");
	assert_says(o->out, "cannot run on this machine");

	machine.reader.msr = not_root;
	o = run_tool("check");
	assert_int_equal(o->status, REFUSED);
	assert_says(o->out, "modprobe msr");

	machine.reader.cpuid = no_vmx;
	o = run_tool("check --json");
	assert_int_equal(o->status, FAULTY);
	assert_says(o->out, "{\"name\": \"VMX\", \"verdict\": \"fail\", ");

	machine.tessera = tessera_below;
	assert_says(succeeds("check")->out, "Tessera already runs");
}

// By the table's name, as the loader and the hypervisor do (tests/host/boot/test_requirements.c).
static void check_names_each_requirement(void **state)
{
	char line[200];

	(void)state;
	machine = (struct machine){ no_tessera, { flawed_cpuid, flawed_msr } };
	for (u32 id = 0; id < REQUIREMENT_COUNT; id++) {
		const struct requirement *r = &requirements[id];
		bool needed = r->needed == NEED_ALWAYS;

		flawed_set(r->word, r->bits);
		snprintf(line, sizeof(line), "[%s] %s: missing on ", needed ? " FAIL " : "  --  ",
			 r->name);
		assert_int_equal(run_tool("check")->status, needed ? FAULTY : DONE);
		assert_says(run_tool("check")->out, line);
		assert_says(run_tool("check")->out, r->remedy);
	}
}

static void check_looks_at_the_firmware(void **state)
{
	(void)state;
	machine = (struct machine){ no_tessera, { flawed_cpuid, flawed_msr } };
	flawed_set(VMX_WORD_FEATURES, 0);
	fake_file("/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c",
		  "\6\0\0\0\1", 5);
	assert_says(succeeds("check")->out, "Secure Boot off: it is on: sign the loader");
	rename(fake_path("/sys/firmware/efi"), fake_path("/sys/away"));
	assert_int_equal(run_tool("check")->status, FAULTY);
	assert_says(run_tool("check")->out, "[ FAIL ] UEFI: ");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(install_and_remove),
		TEST(again_replaces_the_loader_and_keeps_the_settings),
		TEST(what_was_there_stays),
		TEST(what_the_loader_installed_is_the_loaders),
		TEST(a_step_that_fails_is_undone),
		TEST(what_it_needs_is_named),
		TEST(confirm_forgets_the_starts),
		TEST(check_judges),
		TEST(check_names_each_requirement),
		TEST(check_looks_at_the_firmware),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
