# SPDX-License-Identifier: MIT
"""Tessera's reaction to a failure of its own: one CPU stops with a report, and the console lives
on.

The console command `drill` causes the failure. All that follows is as with a real one.
"""

import re
from contextlib import contextmanager

import pytest

from machine.bochs import Bochs

from .esp import START

CONSOLE = "console = com2\n"
PLEASE = "please send us this report and the output of `log`"
RULE = "protect = 0x1000+0x80 deny name=kept\n"


@contextmanager
def start(disk, settings="", cpus=2):
    """Starts a machine and waits until its guest runs and its console answers."""
    with Bochs(disk(CONSOLE + settings), cpus=cpus, snapshot=True) as machine:
        machine.com1.expect("probe: hello on COM1", START)
        machine.com2.expect("Tessera console", START)
        yield machine


def ask(machine, line, answer):
    """Types a command and waits for its answer."""
    machine.com2.send(line + "\r")
    return machine.com2.expect(answer, START)


def report_of(machine, cpu, headline):
    """Waits for a CPU's report on the console and returns it."""
    return machine.com2.expect(rf"(?s)cpu{cpu} E {headline}(.*?){PLEASE}", START)[1].decode()


def assert_complete(report, cpu):
    """Checks that the report has the registers, the main fields of the VMCS, and the last 16 exits,
    newest first."""
    assert f"cpu {cpu}, APIC ID {cpu}:" in report
    for name in ("GUEST_RIP", "GUEST_CR3", "EXIT_QUALIFICATION", "GUEST_ACTIVITY"):
        assert re.search(rf"{name} +[0-9a-f]{{16}}\b", report), name
    for name in ("RAX", "RBP", "R15"):
        assert re.search(rf"\b{name} +[0-9a-f]{{16}}\b", report), name
    trail = [int(n) for n in re.findall(r"exit -(\d+): [A-Z_]+", report)]
    assert trail == list(range(len(trail))) and len(trail) in range(1, 17)


def test_park(disk):
    """The console lives on whichever CPU is parked, and shows the state of the parked CPU."""
    with start(disk) as machine:
        ask(machine, "drill park 1", "add `really`")
        ask(machine, "cpus", r"(?m)^ +1 +1 +guest ")
        ask(machine, "drill park 1 really", "")
        report = report_of(machine, 1, "cpu 1 is parked: the operator's drill")
        assert_complete(report, 1)
        ask(machine, "cpus", r"(?m)^ +1 +1 +PARKED ")
        ask(machine, "regs 1", "RIP +[0-9a-f]{16}")
        ask(machine, "protect 0x100000+0x80", "protected 0x100000")
        ask(machine, "devirtualize", "cpu 1 runs no guest, so it cannot continue natively")
        ask(machine, "drill park 0 really", "")
        report = report_of(machine, 0, "cpu 0 is parked: the operator's drill")
        assert_complete(report, 0)
        ask(machine, "cpus", r"(?m)^ +0 +0 +PARKED .*this console")
        ask(machine, "regs 0", "RIP +[0-9a-f]{16}")
        ask(machine, "log | match parked", "cpu 0 is parked")


def test_the_guest_runs_on_beside_a_parked_cpu(disk):
    with start(disk) as machine:
        ask(machine, "drill park 1 really", "")
        report_of(machine, 1, "cpu 1 is parked")
        machine.com1.send("bye\r")
        machine.wait(START)
        assert machine.ended_cleanly


@pytest.mark.parametrize("settings", ["", "panic = devirtualize\n" + RULE],
                         ids=["halt", "sealed"])
def test_panic_stops_one_cpu(disk, settings):
    """After one CPU has stopped, a second one fails in the console's own code and reports all it
    can."""
    with start(disk, settings) as machine:
        if settings:
            ask(machine, "seal kept", "sealed")
            ask(machine, "devirtualize", "sealed and cannot be loosened")
        ask(machine, "drill panic 1 really", "(?s)PANIC: the operator's drill.*this CPU stop")
        report = report_of(machine, 1, "PANIC: the operator's drill")
        assert_complete(report, 1)
        ask(machine, "cpus", r"(?m)^ +1 +1 +PARKED ")
        machine.com2.send("drill nested 0 really\r")
        machine.com2.expect(r"tessera: PANIC: (?s:.*)PANIC inside a panic: exception 14 in the "
                            r"hypervisor: error 0 rip ffffffff8\w+ rsp \w+ cr2 8\b", START)
        machine.com2.expect("tessera: this CPU stops. Reset the machine", START)


def test_panic_reboots(disk):
    """The log after the reset has the cause of the panic."""
    with start(disk, "panic = reboot\n", cpus=1) as machine:
        ask(machine, "drill panic 0 really", "tessera: PANIC: the operator's drill")
        machine.com2.expect("GUEST_RIP +[0-9a-f]{16}", START)
        machine.com2.expect("tessera: the machine is reset now", START)
        machine.com1.expect("probe: hello on COM1", START)
        machine.com2.expect("before the reset: .* E PANIC: the operator's drill", START)
        machine.com2.expect("before the reset: .* E " + PLEASE, START)
        machine.com1.send("bye\r")
        machine.wait(START)
        assert machine.ended_cleanly


@pytest.mark.parametrize("cpu", [0, 1])
def test_panic_devirtualizes(disk, cpu):
    """The guest continues natively on both CPUs and owns the console's port."""
    with start(disk, "panic = devirtualize\n") as machine:
        ask(machine, f"drill panic {cpu} really", "tessera: PANIC: the operator's drill")
        machine.com2.expect("tessera: devirtualizing", START)
        machine.com2.send("bye\r")
        machine.com2.expect("bye heard", START)
        machine.wait(START)
        assert machine.ended_cleanly
    modes = re.findall(r"CPU is in long mode \(([^)]*)\)", machine.log())[-2:]
    assert len(modes) == 2 and not any("vmx" in mode or "shutdown" in mode for mode in modes)
