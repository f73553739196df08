# SPDX-License-Identifier: MIT
"""Tests of the driver and tesseractl in a Linux guest, observed from the hypervisor's console
too."""

import re

import pytest

from machine.bochs import Bochs

from .demonstration import BOOT
from .guest import Parts, make_disk
from .talk import Operator, Shell

LOAD = "insmod /lib/tessera.ko"


@pytest.fixture(name="machine", scope="module")
def _machine(tmp_path_factory):
    disk = make_disk(tmp_path_factory.mktemp("driver"), Parts())
    with Bochs(disk, snapshot=True) as machine:
        machine.com1.expect("demo-guest: 1 CPUs", BOOT)
        machine.com1.expect("guest# ", BOOT)
        yield machine


@pytest.fixture(name="shell")
def _shell(machine):
    return Shell(machine.com1)


@pytest.fixture(name="operator")
def _operator(machine):
    return Operator(machine.com2)


def done(shell, command):
    """Runs a command that must succeed, and returns its output."""
    status, said = shell.run(command)
    assert status == 0, said
    return said


def refused(shell, command, why, expected=1):
    """Runs a command that must fail with that status and reason."""
    status, said = shell.run(command)
    assert status == expected, said
    assert why in said


def guard(shell, words):
    """Protects a range and returns the guard's number."""
    return re.search(r"guard (\d+): ", done(shell, f"tesseractl protect {words}"))[1]


def test_info(shell):
    said = done(shell, "tesseractl info")
    assert re.search(r"engine +hardware", said)
    assert re.search(r"CPUs +1\r", said)


def test_a_symbol_of_the_kernel(shell, operator):
    number = guard(shell, "--symbol sys_call_table --len 1K --name syscalls")
    listed = done(shell, "tesseractl list --numeric")
    assert re.search(rf"^ +{number}  kernel +0x\S+ +1024 bytes", listed, re.M)
    region = next(line for line in operator.ask("regions") if "syscalls" in line)
    assert " 1024 bytes  deny " in region
    assert f"0x{int(region.split('.')[0], 16):012x}" in done(shell, "tesseractl regions")
    refused(shell, "tesseractl protect --symbol sys_call_table --len 1K --name syscalls", "already")
    done(shell, f"tesseractl unprotect {number}")
    assert operator.ask("regions")[-1].startswith("0 regions")
    refused(shell, f"tesseractl unprotect {number}", "not found")


def test_a_guard_that_the_operator_opens_is_listed_so(shell, operator):
    """F5: the driver compares its guards with the regions in force."""
    first = guard(shell, "--symbol sys_call_table --len 1K --name first")
    second = guard(shell, "--symbol sys_call_table --len 64 --name second")
    done(shell, "tesseractl list --numeric")
    operator.ask("unprotect first")
    refused(shell, "tesseractl list --numeric", f"guard {first} is not in force")
    assert done(shell, "tesseractl list --numeric || true").count("NOT IN FORCE") == 1
    done(shell, f"tesseractl show {second}")
    done(shell, f"tesseractl unprotect {first} && tesseractl unprotect {second}")
    done(shell, "tesseractl list --numeric")


def test_the_data_of_a_module_is_audited_and_kept(shell, operator):
    number = guard(shell, "--symbol demo --module tessera_demo --len 24 --action audit --name seen")
    done(shell, "demo protect open")
    rows = [line.split() for line in operator.ask("rules")]
    assert int(next(row for row in rows if row[-1] == "seen")[3]) > 0
    # The module is unloaded, but its memory stays reserved as long as it is guarded.
    done(shell, "rmmod tessera_demo")
    refused(shell, "rmmod tessera", "Resource temporarily unavailable")
    done(shell, f"tesseractl unprotect {number}")
    done(shell, "insmod /lib/tessera_demo.ko")


def test_a_guard_ends_with_its_program(shell, operator):
    done(shell, "tesseractl protect --symbol sys_call_table --len 64 --for 600 >/tmp/said & "
                "until grep guard /tmp/said; do sleep 1; done")
    assert operator.ask("regions")[-1].startswith("1 regions")
    done(shell, "kill -9 $!; sleep 1")
    assert operator.ask("regions")[-1].startswith("0 regions")
    assert "bytes" not in done(shell, "tesseractl list --numeric")


def test_the_driver_can_be_unloaded_and_loaded(shell):
    done(shell, "rmmod tessera_demo tessera")
    refused(shell, "tesseractl info", "load the driver", 3)
    done(shell, f"for i in $(seq 100); do {LOAD} && rmmod tessera || break; done; {LOAD}")
    done(shell, "tesseractl info")


@pytest.mark.parametrize("words, why, status", [
    ("protect --len 1", "name exactly one target", 2),
    ("protect --phys 4K --len x", "is not a number", 2),
    ("protect --phys 4K", "needs a length", 2),
    ("protect --phys 4K --len 1 --action maybe", "is not an action", 2),
    ("protect --phys", "needs a value", 2),
    ("protect --phys 4K --len 1 --name " + "n" * 24, "at most 23", 2),
    ("protect --symbol no_such_symbol --len 1", "has no symbol no_such_symbol", 1),
    ("protect --phys 0x7fffffffff000 --len 1", "no memory at this address", 1),
    ("protect --phys 4K --len 0", "the length is 0", 2),
    ("protect --phys 4K --len 2G", "out of its range", 1),
    ("protect --phys 4K --len 1 --name deny --action audit", "has another action", 1),
    ("unprotect", "give the number", 2),
    ("seal nothing", "not found", 1),
    ("dance", "`dance` is not a command", 2),
])
def test_errors_are_explained(shell, words, why, status):
    refused(shell, f"tesseractl {words}", why, status)


def test_the_hypervisors_memory_is_refused(machine, shell):
    start = re.search(r"16 MiB at (0x[0-9a-f]+)", machine.com1.text)[1]
    refused(shell, f"tesseractl protect --phys {start} --len 128", "no memory at this address")


def test_a_sealed_guard_stays(shell, operator):
    number = guard(shell, "--symbol sys_call_table --len 128 --name stone")
    done(shell, "tesseractl seal stone")
    refused(shell, f"tesseractl unprotect {number}", "the rule is sealed and stays so")
    assert "stone (sealed)" in done(shell, "tesseractl rules")
    assert any("stone" in line for line in operator.ask("regions"))
