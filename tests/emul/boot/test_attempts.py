# SPDX-License-Identifier: MIT
"""The loader counts starts that were not confirmed. After three of them it starts the system
without Tessera. The log of each start has the cause of the crash before it."""

import re

import pytest

from machine.bochs import Bochs

from .esp import LOADER, START, expect_probe, is_protected, said

GUID = "-guid 7e55e7a0-626f-6f74-8000-000000000001"
ONE_MORE = "the last 2 starts were not confirmed: after one more, Tessera is skipped"
NO_MORE = "the last 3 starts were not confirmed: this start skips Tessera"

CONSOLE = "console = com2\n"
CRASH = "the guest shut itself down (triple fault)"
# The first line of this start. The lines from before the reset come before it.
OWN_LINE = r"\x1b\[K\[[ \d.]+\] cpu0 I engine hardware"
HELLO = "probe: hello on COM1"


def crash(machine, seen):
    """Waits until the guest runs, keeps the console's output until then, and makes the guest
    fault."""
    machine.com1.expect(HELLO, START)
    machine.com2.expect(OWN_LINE, START)
    seen.append(machine.com2.text)
    machine.keep_variables()
    machine.com1.send("f\r")


def test_three_broken_starts(disk):
    """The guest of three starts dies in a triple fault. The fourth start succeeds without
    Tessera."""
    with Bochs(disk(CONSOLE + "confirm = agent\n"), snapshot=True, flash=True) as machine:
        seen = []
        for _ in range(3):
            crash(machine, seen)
        expect_probe(machine)
    starts = machine.com1.text.replace("\r", "").split(HELLO)[:4]
    assert ["tessera: ok: " in text for text in starts] == [True, True, True, False]
    assert [re.findall("the last .* starts .*", text) for text in starts] == [
        [], [], [ONE_MORE], [NO_MORE]]
    assert "continuing WITHOUT Tessera" in starts[3]
    assert_crashes_are_shown_once(seen)


def assert_crashes_are_shown_once(seen):
    """Checks the console's output up to each crash: the first start found no report, and each later
    one found the report of the start before it, but no earlier one."""
    reports = [len(re.findall("before the reset: .* E " + re.escape(CRASH), text))
               for text in seen]
    assert reports == [0, 1, 2]
    assert len(re.findall("before the reset: .*GUEST_RIP +[0-9a-f]{16}", seen[2])) == 2
    assert len(re.findall("before the reset: .*exit -0: TRIPLE_FAULT", seen[2])) == 2


def shell(*lines):
    """Returns the files of a disk on which the firmware's shell runs these lines and then the
    loader."""
    script = ("fs0:", "cd \\EFI\\tessera", *lines, "loader.efi")
    return {"EFI/tessera/loader.efi": LOADER, "startup.nsh": "\r\n".join(script).encode()}


def run(disk, settings, *lines):
    """Starts the loader after these lines in the shell. Returns the machine, switched off."""
    with Bochs(disk(settings, shell(*lines), loader=None), snapshot=True) as machine:
        expect_probe(machine)
    return machine


@pytest.mark.parametrize("settings", ["confirm = none\n", "required = yes\n"])
def test_the_count_is_ignored(disk, settings):
    machine = run(disk, settings, f"setvar TesseraAttempts {GUID} -bs -rt -nv =0x03")
    assert is_protected(machine)


@pytest.mark.parametrize("variable, place", [
    ("0000000010000000", "0x10000000"),
    ("0000000010001000", None),  # not a multiple of 2 MiB
    ("ffffffffffe00000", None),  # not memory
    ("00", None),
], ids=["free", "unaligned", "nowhere", "short"])
def test_the_block_keeps_its_address(disk, variable, place):
    """The variable holds the block's address at the last start. It is used again if it is free."""
    machine = run(disk, "", f"setvar TesseraBlock {GUID} -bs -nv =0x{variable}")
    assert is_protected(machine)
    found = re.search(r"MiB at (0x\w+)", said(machine)[0])[1]
    assert (found == place) if place else (found != "0x10000000"), found
