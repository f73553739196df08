# SPDX-License-Identifier: MIT
"""Behaviour of some firmware that the emulator's firmware lacks: quirks.c imitates it and then
starts the loader."""

from pathlib import Path

import pytest

from machine.bochs import Bochs
from machine.probe import build_program

from .esp import LOADER, expect_probe, is_protected, said

SOURCE = Path(__file__).with_name("quirks.c")


@pytest.fixture(name="start")
def _start(disk, tmp_path):
    """Returns a function that starts the loader on firmware with these quirks, and returns the
    loader's lines and whether Tessera runs."""
    def start(*quirks, settings="", **options):
        program = build_program(SOURCE, tmp_path, "quirks", [f"QUIRK_{name}" for name in quirks])
        with Bochs(disk(settings, {"loader.efi": LOADER}, loader=program), snapshot=True,
                   **options) as machine:
            expect_probe(machine)
        return said(machine), is_protected(machine)
    return start


def test_the_quirks_alone_do_no_harm(start):
    assert start()[1]


def test_reserved_memory_without_execution(start):
    lines, protected = start("NX")
    assert not protected
    assert lines[0].startswith("CPU 0: the firmware maps our memory as no-execute: update")


def test_reserved_memory_is_made_executable(start):
    assert start("NX", "ATTRIBUTE")[1]


def test_no_nx(start):
    lines, protected = start(exclude_features=("nx",))
    assert not protected
    assert lines[0].startswith("missing: no-execute pages (NX) on the CPU: enable Execute")


def test_nx_that_cannot_be_switched_on(start):
    """MISC_ENABLE says that the firmware switched NX off, but clearing that bit does not bring NX
    back."""
    msrs = "0x1a0 0 00000004 00851889 00000000 00000000 00000000 00000000\n"
    lines, protected = start(exclude_features=("nx",), msrs=msrs)
    assert not protected
    assert lines[0].startswith("CPU 0: missing: no-execute pages (NX): enable Execute")
