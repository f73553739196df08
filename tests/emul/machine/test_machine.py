# SPDX-License-Identifier: MIT
"""Tests of the machines themselves with the smallest guest. All other suites depend on them."""

import os
import signal
import subprocess
import sys
import time

import pytest

from . import linux
from .bochs import Bochs
from .emulator import bound
from .image import make_image
from .paths import HERE, TOP
from .probe import build_probe
from .qemu import Qemu
from .secureboot import sign
from .serial import Silence

BOOT = "EFI/BOOT/BOOTX64.EFI"


@pytest.fixture(scope="module", name="probe")
def _probe(tmp_path_factory):
    return build_probe(tmp_path_factory.mktemp("probe"))


@pytest.fixture(scope="module", name="disk")
def _disk(probe, tmp_path_factory):
    return make_image(tmp_path_factory.mktemp("disk") / "esp.img", {BOOT: probe})


def converse(machine, line="bye"):
    """Waits for the probe on both ports, types a line and waits for the machine's end."""
    machine.com1.expect("hello on COM1", 60)
    machine.com2.expect("hello on COM2", 90)
    machine.com2.send(f"{line}\r")
    machine.com2.expect(f"{line} heard", 90)
    machine.wait(20)


@pytest.mark.parametrize("cpus", [1, 2])
def test_bochs_boots_and_switches_off(disk, cpus):
    with Bochs(disk, cpus=cpus) as machine:
        converse(machine)
    assert machine.ended_cleanly
    assert machine.ticks > 100_000_000


def test_a_snapshot_starts_another_disk(disk, probe, tmp_path):
    other = make_image(tmp_path / "other.img", {"filler": bytes(1_000_000), BOOT: probe})
    for image in (disk, other):
        with Bochs(image, snapshot=True) as machine:
            converse(machine)
        assert machine.ended_cleanly
        assert machine.restored, "that was a cold start"


def test_a_triple_fault_stops_the_processor_and_is_in_the_log(disk):
    with Bochs(disk, snapshot=True) as machine:
        machine.com2.expect("hello", 60)
        machine.com2.send("fault\r")
        machine.com2.expect("fault heard", 90)
        with pytest.raises(subprocess.TimeoutExpired):
            machine.wait(1)
    assert "3rd (13) exception with no resolution" in machine.log()
    assert not machine.ended_cleanly


def test_a_panic_is_not_a_clean_end(disk):
    with Bochs(disk, extra="ata0-slave: type=disk, path=missing.img, mode=flat\n") as machine:
        machine.wait(20)
    assert ">>PANIC<<" in machine.log()
    assert not machine.ended_cleanly


def test_an_mbr_disk_boots_too(probe, tmp_path):
    disk = make_image(tmp_path / "mbr.img", {BOOT: probe}, scheme="mbr", size_mib=48)
    with Bochs(disk) as machine:
        converse(machine)
    assert machine.ended_cleanly


def test_a_timeout_reports_the_transcript(disk):
    with Bochs(disk, snapshot=True) as machine:
        machine.com1.expect("hello", 60)
        with pytest.raises(Silence, match="(?s)com2.*no such words.*hello on COM2"):
            machine.com2.expect("no such words", 1)
    assert not machine.running


def test_an_emulator_does_not_outlive_its_test(disk):
    script = ("from machine.bochs import Bochs; import sys, time\n"
              f"m = Bochs({str(disk)!r}, snapshot=True).start()\n"
              "print(m._process.pid, flush=True); time.sleep(60)")
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True,
                          env=os.environ | {"PYTHONPATH": str(TOP / "tests/emul")}) as parent:
        emulator = int(parent.stdout.readline())
        parent.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 5
    while _is_running(emulator) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _is_running(emulator)


def test_a_command_does_not_start_when_its_test_has_ended():
    command = bound(["echo", "started"])
    assert subprocess.run(command, capture_output=True, check=False).stdout == b"started\n"
    by_another_process = ["sh", "-c", '"$@"; exit', "sh", *command]
    assert subprocess.run(by_another_process, capture_output=True, check=False).stdout == b""


def _is_running(process):
    try:
        with open(f"/proc/{process}/stat", encoding="ascii") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("disk_kind", ["ide", "usb"])
def test_qemu_boots_and_switches_off(disk, disk_kind):
    with Qemu(disk, disk=disk_kind) as machine:
        converse(machine)
    assert machine.ended_cleanly


def test_no_key_is_lost(disk):
    """The firmware polls the ports too, unless the probe prevents it."""
    with Qemu(disk) as machine:
        machine.com2.expect("hello on COM2", 90)
        for _ in range(200):
            machine.com2.send("x")
            time.sleep(0.02)
        machine.com2.send("\r")
        machine.com2.expect("x{200} heard", 20)


def test_qemu_tells_a_reset_from_a_clean_end(disk):
    with Qemu(disk) as machine:
        converse(machine, "fault")
    assert not machine.ended_cleanly


def test_secure_boot_starts_signed_programs(probe, tmp_path):
    disk = make_image(tmp_path / "esp.img", {BOOT: sign(probe, tmp_path / "signed.efi")})
    with Qemu(disk, secure_boot=True) as machine:
        converse(machine)
    assert machine.ended_cleanly


def test_secure_boot_refuses_unsigned_programs(disk):
    with Qemu(disk, secure_boot=True) as machine:
        machine.com1.expect("Access Denied", 30)


def self_test(**environment):
    return subprocess.run([HERE / "selftest"], capture_output=True, text=True, check=False,
                          env=os.environ | environment)


def test_the_emulator_is_cured():
    assert self_test().returncode == 0


@pytest.mark.parametrize("left_out, faults", [
    ("idivfix", ["division: wrong, case A"]),
    ("smpfix", ["fetch: wrong, case A", "start-up: wrong, case 1"]),
])
def test_each_cure_is_needed(left_out, faults):
    """Without this test the self-test would prove nothing."""
    result = self_test(CURES=" ".join({"idivfix", "smpfix"} - {left_out}))
    assert result.returncode == 1
    assert [line for line in result.stderr.splitlines() if "wrong, case" in line] == faults


@pytest.mark.parametrize("cpus", [1, 2, 4])
def test_linux_boots_natively(cpus, tmp_path):
    init = linux.MOUNTS + 'echo "init: $(nproc) CPUs"\npoweroff -f'
    kernel = linux.make_kernel(tmp_path / "linux.efi", linux.make_initramfs(init))
    disk = make_image(tmp_path / "linux.img", {BOOT: kernel})
    with Bochs(disk, cpus=cpus, snapshot=True) as machine:
        machine.com1.expect(f"init: {cpus} CPUs", 90)
        machine.wait(30)
    assert machine.ended_cleanly
