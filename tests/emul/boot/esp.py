# SPDX-License-Identifier: MIT
"""Makes disks with the loader and reads the loader's messages."""

import re

from machine.paths import LOADER

BOOT = "EFI/BOOT/BOOTX64.EFI"
CONFIG = "EFI/tessera/tessera.conf"
NEXT = "EFI/probe/probe.efi"
WELL_KNOWN = "EFI/debian/shimx64.efi"

# The probe uses both serial ports, so Tessera gets none unless a test wants its console.
NO_CONSOLE = "console = none\n"
SETTINGS = NO_CONSOLE + "next = \\EFI\\probe\\probe.efi\n"

START = 300  # seconds; a start takes 2 to 10 on an idle machine


def esp(settings, probe, *, loader=LOADER, base=SETTINGS):
    """Returns the files of a disk. In tessera.conf, `settings` follow `base`.

    If the loader is None, the firmware finds no loader and runs startup.nsh in its shell."""
    files = {CONFIG: (base + settings).encode(), NEXT: probe}
    return files | ({BOOT: loader} if loader else {})


def said(machine):
    """Returns the lines that the loader has printed, without their prefix."""
    text = machine.com1.text.replace("\r", "")
    return re.findall(r"^tessera: (.*)$", text, re.M)


def expect_probe(machine):
    """Waits for the probe, the program that the loader has to start, and switches the machine
    off."""
    machine.com1.expect("probe: hello on COM1", START)
    machine.com2.expect("probe: hello on COM2", START)
    machine.com2.send("bye\r")
    machine.wait(START)
    assert machine.ended_cleanly


def is_protected(machine):
    """Tells whether Tessera was launched and no part of it was left out."""
    lines = said(machine)
    started = any(line.startswith("ok: ") for line in lines)
    assert started != any("WITHOUT Tessera" in line for line in lines)
    return started
