# SPDX-License-Identifier: MIT
"""Starts that nobody confirmed are counted, and the fourth goes without Tessera.

Bochs' firmware forgets its variables at a reset, so the shell sets the count that earlier starts
would have left.
"""

import pytest

from machine.bochs import Bochs

from .esp import LOADER, expect_probe, is_protected, said

VARIABLE = "TesseraAttempts -guid 7e55e7a0-626f-6f74-8000-000000000001"
ONE_MORE = "the last 2 starts were not confirmed: one more, and Tessera is left out"
NO_MORE = "the last 3 starts were not confirmed: this one goes without Tessera"


def run(disk, count, settings=""):
    """Starts after `count` starts that were not confirmed; returns the machine, switched off."""
    script = ("fs0:", "cd \\EFI\\tessera", f"setvar {VARIABLE} -bs -rt -nv =0x{count:02x}",
              "loader.efi")
    files = {"EFI/tessera/loader.efi": LOADER, "startup.nsh": "\r\n".join(script).encode()}
    image = disk(settings, files, loader=None)
    with Bochs(image, snapshot=True) as machine:
        expect_probe(machine)
    return machine


@pytest.mark.parametrize("count, protected, warning", [
    (1, True, None), (2, True, ONE_MORE), (3, False, NO_MORE)])
def test_count(disk, count, protected, warning):
    machine = run(disk, count)
    assert is_protected(machine) == protected
    assert [line for line in said(machine) if "not confirmed" in line] == (
        [warning] if warning else [])


@pytest.mark.parametrize("settings", ["confirm = none\n", "required = yes\n"])
def test_count_that_nobody_asks_for(disk, settings):
    machine = run(disk, 3, settings)
    assert is_protected(machine)
