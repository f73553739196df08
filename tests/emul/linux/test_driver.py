# SPDX-License-Identifier: MIT
"""The driver in a Linux guest with two processors, on both engines. The order matters: the last
tests leave nothing to test."""

import re
import time

import pytest

from demo.talk import Operator

from .guest import BOOT, NUMBERS

TABLE_BYTES = 1024
DENY, AUDIT = 3, 1
LOADS = {"hardware": 100, "software": 10}


@pytest.fixture(name="table", scope="module")
def _table(guest):
    """Returns the address of sys_call_table, which the attacking module has found."""
    return int(re.search(r"table (0x[0-9a-f]+)", guest.run("insmod /lib/tessera_attack.ko"))[1], 16)


@pytest.mark.parametrize("name", [
    "nobody", "nobody-may", "numbers", "claim", "errors", "records", "sleepers", "overflow", "slow",
    "two", "killed", "deny", "another", "read-only", "extents"])
def test_a_client(guest, name):
    """Runs the checks of a program in the guest (tests/emul/linux/client)."""
    guest.run(f"client {name}")
    assert guest.number("guards") == guest.number("regions") == guest.number("held_pages") == 0


def test_the_operator_opens_a_part_of_a_guard(guest):
    """When the guard ends, the rest of its extents is opened."""
    said = guest.run("client extents-hold >/tmp/held & "
                     "until grep -q held /tmp/held; do usleep 10000; done; cat /tmp/held")
    regions = re.findall(r"^region (\S+)\r$", said, re.M)
    assert len(regions) == guest.number("regions") == 300
    for region in (regions[0], regions[1], regions[150], regions[299]):
        guest.operator.ask(f"unprotect {region}")
    assert guest.number("regions") == 296
    guest.let_go("$!")
    assert guest.number("regions") == guest.number("held_pages") == 0


def test_what_the_kernel_writes_for_a_program(guest):
    """Linux warns of the fault once, with a long report: keep it off the console."""
    guest.run("dmesg -n 4; client kernel-writes; status=$?; dmesg -n 6; (exit $status)")


def test_only_root_can_read_the_numbers(guest):
    listed = guest.run(f"cd {NUMBERS}; ls -l abi cpus blocked engine events guards; cd")
    assert len(re.findall(r"^-r-------- +1 0 +0 ", listed, re.M)) == 6
    assert f"{guest.engine}\r" in guest.run(f"cat {NUMBERS}/engine")
    assert re.search(r"^crw------- +1 0 +0 ", guest.run("ls -l /dev/tessera"), re.M)


@pytest.mark.parametrize("how", ["wp", "alias"])
def test_a_rootkit_without_tessera(guest, table, how):
    """Without Tessera, the same module can patch the table."""
    assert table
    assert guest.attack(how)[0].startswith(f"{how}: stored, changed, ")


def test_a_rootkit_is_refused(guest, table):
    """It tries CR0.WP and another mapping. An event names its instruction, and the kernel lives
    on."""
    keeper = guest.hold(table, TABLE_BYTES, DENY)
    told = guest.attack("wp") + guest.attack("alias")
    wanted = r"(wp|alias): refused, the same, by (0x[0-9a-f]+)"
    found = [re.fullmatch(wanted, line) for line in told]
    assert all(found) and len(found) == 2, told
    rip = int(found[0][2], 16)
    assert guest.events(2) == [(rip, 0, DENY, 0)] * 2
    assert "careless: the same" in guest.attack("careless")
    modules = guest.run("grep tessera_attack /proc/modules")
    size, base = re.search(r"^tessera_attack (\d+) .* (0x[0-9a-f]+) ", modules, re.M).groups()
    assert 0 <= guest.events(3)[2][0] - int(base, 16) < int(size)
    guest.let_go(keeper)
    guest.run("client records")


def test_kernel_memory_of_every_kind(guest, table):
    """Slab, vmalloc, modules, the image: each address is found and the reference to its page is
    held."""
    assert table
    places = [line.split()[1:] for line in guest.attack("places")]
    assert len(places) == 9
    guest.run(" && ".join(f"client place {address}" for _, address in places))


def test_the_neighbours_of_a_slab_object(guest, table):
    """They are written at full speed, and the object does not change."""
    assert table
    address = int(re.fullmatch(r"slab object (0x[0-9a-f]+)", guest.attack("slab")[0])[1], 16)
    keeper = guest.hold(address, 128, DENY)
    told = guest.attack("neighbours")
    stores, exits = map(int, re.fullmatch(
        r"neighbours: (\d+) stores, (\d+) exits, 0 wrong", told[0]).groups())
    assert told[1] == "victim: refused" and stores > 1000
    assert exits == 0 if guest.engine == "hardware" else exits >= stores
    guest.let_go(keeper)


def test_a_slab_page_is_held(guest, table):
    """The cache is destroyed, but the page with the guarded object is not given back to the
    system."""
    assert table
    address = int(re.fullmatch(r"slab object (0x[0-9a-f]+)",
                               guest.attack("drop") or guest.attack("slab")[0])[1], 16)
    keeper = guest.hold(address, 128, AUDIT)
    guest.attack("drop")
    assert guest.attack("look") == ["page: 1"]
    assert guest.events(1)[0][2] == AUDIT  # bytes that the allocator wrote
    guest.let_go(keeper)
    assert guest.attack("look") == ["page: 0"]


def test_a_wrong_key(guest, table):
    """An attacker in the kernel makes the calls without the driver; each try is counted."""
    def tries():
        return int(re.search(r"wrong keys (\d+)", guest.run("client numbers"))[1])
    assert table
    before = tries()
    told = guest.attack("key")
    assert len(told) == 6 and all(line.endswith("with a wrong key: -8") for line in told)
    assert tries() == before + 6


def test_a_cpu_goes_offline_and_online_while_events_flow(guest):
    """Each write to `online` must succeed, and Linux must count one CPU and then two again."""
    online = "/sys/devices/system/cpu/cpu1/online"
    once = (f"echo 0 >{online} && [ $(nproc) = 1 ] && "
            f"echo 1 >{online} && [ $(nproc) = 2 ] || exit 1")
    guest.run(f"client flow 1500 >/tmp/flow & (for i in 1 2 3; do {once}; done); came=$?; "
              "wait $!; [ $came = 0 ]")
    assert int(guest.run("cat /tmp/flow").split(" events")[0].split()[-1]) > 100
    guest.run("client numbers")


def test_the_machine_sleeps_and_wakes(guest):
    """Suspend to idle with a waiting reader; a key on the serial line wakes the machine."""
    shell = guest.machine.com1
    guest.run("echo enabled >/sys/class/tty/ttyS0/power/wakeup; client hold 0xffffffff82000000 8 "
              "1 >/tmp/held & usleep 300000")
    shell.send("echo freeze >/sys/power/state; echo awake=$?\r")
    shell.expect(r"awake=\$\?", 60)
    # A key that comes before the machine sleeps does not wake it.
    for _ in range(60):
        time.sleep(0.5)
        shell.send("\r")
        if re.search(r"^awake=0", shell.text, re.M):
            break
    shell.expect(r"^awake=0", 1)
    guest.run("kill -9 $!; client sleepers")


def test_the_driver_unloads_and_loads_many_times(guest):
    """Unloading leaves nothing behind: no memory of the hypervisor, no event ring, no claim."""
    def free():
        said = guest.run("cat /proc/meminfo")
        return int(re.search(r"^MemFree: +(\d+) kB", said, re.M)[1])
    guest.run("rmmod tessera_attack; dmesg -n 4")
    loads = LOADS[guest.engine]
    pages, memory = guest.number("free_pages"), free()
    guest.run(f"for i in $(seq {loads}); do rmmod tessera && insmod /lib/tessera.ko || break; "
              f"done; dmesg -n 6; [ $i = {loads} ]")
    assert guest.number("free_pages") == pages and memory - free() < 4096
    warned = re.search(r"tessera: (read-only|not the key|no events)",
                       guest.run("dmesg | tail -n 120"))
    assert not warned
    guest.run("client numbers && client records")


def test_another_kernel_comes_after_this_one(guest):
    """Nothing is protected from the new kernel, and it can claim the policy."""
    if guest.engine == "software":
        pytest.skip("there the kernel is to be refused")
    guest.run("client keep")
    assert any("1 regions" in line for line in guest.operator.ask("regions"))
    before = guest.machine.com2.text
    guest.machine.com1.send("client next\r")
    guest.machine.com1.expect("the next kernel runs", BOOT)
    assert guest.operator.ask("regions")[-1].startswith("0 regions")
    assert "the policy was released" in guest.machine.com2.text[len(before):]


def test_sealed_guards_stay(guest, table):
    if guest.engine == "hardware":
        pytest.skip("its guest is gone")
    guest.run(f"client seal {table:#x}")
    ended, said = guest.shell.run("rmmod tessera")
    assert ended == 1 and "Resource temporarily unavailable" in said
    said = guest.run("dmesg | tail -n 5")
    assert "sealed: its guards stay until reset" in said and "stays until reset" in said
    assert any(" deny " in line for line in guest.operator.ask("regions"))


def test_a_lockdown(guest):
    if guest.engine == "hardware":
        pytest.skip("its guest is gone")
    guest.run("client locked")
    assert "locked down until reset" in guest.run("dmesg | tail -n 5")


def test_another_kernel_is_refused_when_memory_is_sealed(guest):
    """The new kernel could not run with that memory: the machine is reset instead."""
    if guest.engine == "hardware":
        pytest.skip("its guest is gone")
    com1 = guest.machine.com1
    com1.send("client next\r")
    com1.expect("no kexec: 1 guards are sealed or locked down", BOOT)
    com1.expect("no kexec: the hypervisor keeps its event ring", BOOT)
    com1.expect("resetting the machine instead", BOOT)
    com1.expect("tessera: ok: 2 CPUs", BOOT)
    guest.await_shell()
    guest.operator = Operator(guest.machine.com2)
    guest.run("client numbers")


def test_the_kernels_own_lockdown(guest):
    """Root cannot change kernel memory with discarded writes, nor observe it with audited
    writes."""
    if guest.engine == "hardware":
        pytest.skip("its guest is gone")
    lockdown = "/sys/kernel/security/lockdown"
    guest.run(f"mount -t securityfs none /sys/kernel/security && grep '\\[none\\]' {lockdown} && "
              "client kernel-lockdown 0")
    guest.run(f"echo integrity >{lockdown} && client kernel-lockdown 1")
    ended, said = guest.shell.run("tesseractl protect --phys 4G --len 8 --action discard")
    assert ended == 1 and "kernel lockdown" in said
    assert "kernel lockdown refuses rule" in guest.run("dmesg | tail -n 20")
    guest.run(f"echo confidentiality >{lockdown} && client kernel-lockdown 2")


def test_tessera_is_devirtualized_below_the_driver(guest):
    """The driver's calls fail then, and it can still be unloaded, also while it has guards."""
    if guest.engine == "hardware":
        pytest.skip("its guest is gone")
    guest.run("client keep")
    guest.machine.com2.send("devirtualize\r")
    guest.run("sleep 1; client gone")
    ended, said = guest.shell.run("tesseractl info")
    assert ended == 3 and "has been devirtualized" in said
    guest.run("rmmod tessera")
