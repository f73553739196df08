# SPDX-License-Identifier: MIT
"""Without a serial port the loader prints its messages and its verdict on the screen."""

import time

from machine import screen
from machine.qemu import Qemu

from .esp import LOADER, START

GRID = (128, 40)
ALPHABET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:.,-()[]/= x"
SCRIPT = f"""\
fs0:
mode {GRID[0]} {GRID[1]}
loader.efi check
loader.efi
echo "{ALPHABET}"
"""


def shown(machine):
    """Returns the text on the screen after the last line of the script."""
    deadline = time.monotonic() + START
    while time.monotonic() < deadline:
        lines = screen.read(machine.picture(), *GRID, ALPHABET)
        if lines:
            return "\n".join(lines)
        time.sleep(1)
    raise AssertionError(f"{machine.work}: the last line did not appear on the screen")


def test_verdict_and_messages(disk):
    files = {"loader.efi": LOADER, "startup.nsh": SCRIPT.replace("\n", "\r\n").encode(),
             "EFI/probe/probe.efi": b"no program"}
    with Qemu(disk("", files, loader=None), screen=True) as machine:
        text = shown(machine)
    assert "[ FAIL ] VMX: missing on the CPU: use an Intel CPU with VT-x" in text
    assert "verdict: Tessera CANNOT run here, for the reasons marked FAIL" in text
    assert "continuing WITHOUT Tessera: the system is not protected" in text
    assert "?EFI?probe?probe.efi: not" in text
