# SPDX-License-Identifier: MIT
"""If Tessera cannot work as configured, it says so, and the system starts nevertheless."""

import re

import pytest

from .boots import LoaderRun

NEXT = "next = \\EFI\\agent.efi\n"
GRUB = "EFI/debian/grubx64.efi"
WITHOUT_VMX = LoaderRun(NEXT, without=("vmx",))
ON_QEMU = LoaderRun(NEXT, emulator="qemu")
REQUIRED = LoaderRun(NEXT + "required = yes\n", without=("vmx",),
                     until="no operating system is started")
NO_SPP = LoaderRun(NEXT, model="corei7_skylake_x")
SPP_WANTED = LoaderRun(NEXT + "engine = hardware\n", model="corei7_skylake_x")
BAD_CONFIG = LoaderRun(NEXT + "colour = red\nno equals sign\nmemory = lots\n")
NO_NEXT = LoaderRun("next = \\EFI\\nothing.efi\n", agent=GRUB)
NO_CONFIG = LoaderRun(None, agent=GRUB)


@pytest.mark.parametrize("run", [
    pytest.param(run, marks=pytest.mark.boot(run), id=name)
    for name, run in {"excluded": WITHOUT_VMX, "qemu": ON_QEMU}.items()])
def test_without_vmx_the_system_starts(run, outcome):
    assert run.without or run.emulator == "qemu"
    assert re.search(r"missing: .*VMX", outcome.com1), outcome.com1
    assert "continuing WITHOUT Tessera" in outcome.com1
    assert "agent: ready" in outcome.com1


@pytest.mark.boot(REQUIRED)
def test_required_starts_nothing_else(outcome):
    assert "no operating system is started" in outcome.com1
    assert "agent: ready" not in outcome.com1


@pytest.mark.boot(NO_SPP)
def test_without_spp_the_software_engine_runs(outcome):
    assert "missing, but not needed: SPP" in outcome.com1, outcome.com1
    assert "engine software: this CPU has no SPP" in outcome.com2
    assert "agent: ready" in outcome.com1


@pytest.mark.boot(SPP_WANTED)
def test_the_hardware_engine_needs_spp(outcome):
    assert re.search(r"missing: .*SPP", outcome.com1), outcome.com1
    assert "continuing WITHOUT Tessera" in outcome.com1
    assert "agent: ready" in outcome.com1


@pytest.mark.boot(BAD_CONFIG)
def test_bad_lines_are_named(outcome):
    for line, word in ((2, "colour"), (3, "no"), (4, "memory")):
        assert re.search(rf"tessera\.conf: line {line}\b.*{word}", outcome.com1), outcome.com1
    assert "tessera: ok:" in outcome.com1
    assert "agent: ready" in outcome.com1


@pytest.mark.boot(NO_NEXT)
def test_another_loader_is_found(outcome):
    assert "\\EFI\\nothing.efi: not found" in outcome.com1
    assert "agent: ready" in outcome.com1


@pytest.mark.boot(NO_CONFIG)
def test_without_config_the_defaults_apply(outcome):
    assert "no tessera.conf: using defaults" in outcome.com1
    assert "tessera: ok:" in outcome.com1
    assert "agent: ready" in outcome.com1
