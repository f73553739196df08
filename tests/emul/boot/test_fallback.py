# SPDX-License-Identifier: MIT
"""If the loader lacks something, it says what, and starts the system unless the settings forbid
it."""

import pytest

from machine.bochs import Bochs
from machine.qemu import Qemu

from .esp import (LOADER, NO_CONSOLE, SETTINGS, START, WELL_KNOWN, expect_probe, is_protected,
                  said)

NO_VMX = {"exclude_features": ("vmx",), "snapshot": True}


def run(machine):
    """Runs the machine until the probe ends. Returns the loader's lines and whether Tessera
    runs."""
    with machine:
        expect_probe(machine)
    return said(machine), is_protected(machine)


@pytest.mark.parametrize("cpus", [1, 2])
def test_a_good_machine_gets_one_line(disk, cpus):
    lines, protected = run(Bochs(disk(), cpus=cpus, snapshot=True))
    assert protected
    assert len(lines) == 2 and lines[1] == "starting \\EFI\\probe\\probe.efi"
    assert lines[0].startswith(f"ok: {cpus} CPU")


@pytest.mark.parametrize("machine", [
    pytest.param(lambda image: Bochs(image, **NO_VMX), id="bochs"),
    pytest.param(Qemu, id="qemu"),
])
def test_no_vmx(disk, machine):
    lines, protected = run(machine(disk()))
    assert not protected
    assert lines[0].startswith("missing: VMX on the CPU: use an Intel CPU with VT-x")


def test_no_vmx_and_required(disk):
    with Bochs(disk("required = yes\n"), **NO_VMX) as machine:
        machine.com1.expect("required = yes: no operating system is started", START)
        machine.com1.expect("BdsDxe: failed to start|UEFI Interactive Shell", START)
    assert "probe" not in machine.com1.text.split("required = yes")[1]


def test_no_spp_costs_only_the_hardware_engine(disk):
    image = disk("console = com2\nprotect = 0x1000+0x80 deny name=kept\n")
    with Bochs(image, model="corei7_skylake_x", snapshot=True) as machine:
        machine.com1.expect("probe: hello on COM1", START)
        machine.com2.send("\rregions\r")
        machine.com2.expect("kept", START)
    assert is_protected(machine)
    assert said(machine)[0] == ("missing, but not needed: SPP on the CPU: the slower "
                                "software engine enforces tiles")


def test_no_spp_and_the_hardware_engine_wanted(disk):
    lines, protected = run(Bochs(disk("engine = hardware\n"), model="corei7_skylake_x",
                                 snapshot=True))
    assert not protected
    assert lines[0].startswith("missing: SPP on the CPU")


def test_bad_lines_are_named_and_left_out(disk):
    lines, protected = run(Bochs(disk("colour = red\nmemory = 1\nnonsense\nlog = debug\n"),
                                 snapshot=True))
    assert protected
    assert lines[:3] == [
        'tessera.conf: line 3: "colour" is not a key: docs/config.md lists the keys (ignored)',
        'tessera.conf: line 4: "memory" takes 4M to 512M, such as 16M (ignored)',
        'tessera.conf: line 5: "nonsense" is not of the form key = value (ignored)',
    ]
    assert lines[3].startswith("ok: 1 CPU, 16 MiB")


@pytest.mark.parametrize("named", ["\\EFI\\gone.efi", "\\EFI\\BOOT\\bootx64.efi"],
                         ids=["missing", "itself"])
def test_next_that_cannot_be_started(disk, probe, named):
    image = disk(f"next = {named}\n", {WELL_KNOWN: probe}, base=NO_CONSOLE)
    lines, protected = run(Bochs(image, snapshot=True))
    assert protected
    assert f"next = {named}: not found, or this loader itself: trying others" in lines
    assert lines[-1] == "starting \\EFI\\debian\\shimx64.efi"


def test_a_second_start_finds_tessera_running(disk):
    """Without a program to start, the loader returns to the firmware, whose shell starts it
    again."""
    second = {"EFI/second/loader.efi": LOADER, "EFI/second/tessera.conf": SETTINGS.encode(),
              "startup.nsh": b"fs0:\r\n\\EFI\\second\\loader.efi\r\n"}
    lines, protected = run(Bochs(disk("", second, base=NO_CONSOLE), snapshot=True))
    assert protected
    assert lines[1].startswith("no loader is left to start")
    assert lines[2:] == ["Tessera is already running", "starting \\EFI\\probe\\probe.efi"]


def test_escape_skips_tessera_once(disk):
    with Bochs(disk("timeout = 60\n"), snapshot=True) as machine:
        machine.com1.expect("press ESC within 60 s", START)
        machine.com1.send("\x1b")
        expect_probe(machine)
    assert "ESC: this start skips Tessera" in said(machine)
    assert not is_protected(machine)


def test_another_key_starts_tessera(disk):
    with Bochs(disk("timeout = 60\n"), snapshot=True) as machine:
        machine.com1.expect("press ESC within 60 s", START)
        machine.com1.send(" ")
        expect_probe(machine)
    assert is_protected(machine)


def test_a_usb_stick(disk, probe):
    """The loader finds the operating system on a disk laid out by `make image` without its name."""
    image = disk("", {WELL_KNOWN: probe}, base="")
    lines, protected = run(Qemu(image, disk="usb"))
    assert not protected
    assert lines[-1] == "starting \\EFI\\debian\\shimx64.efi"
