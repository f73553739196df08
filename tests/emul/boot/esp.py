# SPDX-License-Identifier: MIT
"""The loader's place on a disk, and what a start of it looks like from outside."""

import re

from machine.paths import LOADER

BOOT = "EFI/BOOT/BOOTX64.EFI"
CONFIG = "EFI/tessera/tessera.conf"
NEXT = "EFI/probe/probe.efi"
WELL_KNOWN = "EFI/debian/shimx64.efi"

# The probe speaks on both serial ports, so Tessera keeps none unless a test wants its console.
NO_CONSOLE = "console = none\n"
SETTINGS = NO_CONSOLE + "next = \\EFI\\probe\\probe.efi\n"

START = 300  # seconds; a start takes 2 to 10 on an idle machine


def esp(settings, probe, *, loader=LOADER, base=SETTINGS):
    """The files of a disk: `settings` come after `base` in tessera.conf.

    With None for the loader the firmware finds none, and runs startup.nsh in its shell."""
    files = {CONFIG: (base + settings).encode(), NEXT: probe}
    return files | ({BOOT: loader} if loader else {})


def said(machine):
    """The lines that the loader has printed, without their prefix."""
    text = machine.com1.text.replace("\r", "")
    return re.findall(r"^tessera: (.*)$", text, re.M)


def expect_probe(machine):
    """Waits for the program that was to start, and switches it off."""
    machine.com1.expect("probe: hello on COM1", START)
    machine.com2.expect("probe: hello on COM2", START)
    machine.com2.send("bye\r")
    machine.wait(START)
    assert machine.ended_cleanly


def is_protected(machine):
    """Whether Tessera launched and nothing was left out."""
    lines = said(machine)
    started = any(line.startswith("ok: ") for line in lines)
    assert started != any("WITHOUT Tessera" in line for line in lines)
    return started
