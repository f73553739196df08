# SPDX-License-Identifier: MIT
"""Commands that end a machine, or the console's rights in it."""

import re

import pytest

from . import table
from .operator import PROMPT, Operator

TIMEOUT = 60
# Each is refused with arguments that would be valid otherwise.
LOCKED = [c for c in table.commands() if not c.in_lockdown]
ALLOWED = [c for c in table.commands() if c.in_lockdown
           and c.name not in ("top", "reboot", "poweroff")]


@pytest.fixture(scope="module", name="locked")
def _locked():
    """A machine whose guest has locked the policy down, although the config lets the console
    unseal."""
    with Operator("locked", "log = error\nunseal = console\n", 1) as operator:
        assert operator.guest_runs("lockdown_ends_all_changes") is None
        yield operator


@pytest.mark.parametrize("command", LOCKED, ids=lambda command: command.name)
def test_lockdown_refuses_commands_that_change(locked, command):
    assert "LOCKED DOWN" in locked.ask("vm")
    before = locked.ask("regions"), locked.ask("rules")
    assert "the policy is locked down: nothing can be changed until reset" in \
        locked.ask(command.example)
    assert before == (locked.ask("regions"), locked.ask("rules"))


@pytest.mark.parametrize("command", ALLOWED, ids=lambda command: command.name)
def test_lockdown_allows_commands_that_only_read(locked, command):
    assert "nothing can be changed" not in locked.ask(command.example)


def test_poweroff(locked):
    """The last test on this machine: a lockdown does not forbid the operator to switch it off."""
    locked.type("poweroff\r")
    locked.port.expect("switching the machine off", TIMEOUT)
    locked.guest.machine.wait(TIMEOUT)
    assert locked.guest.machine.ended_cleanly


def test_devirtualize_leaves_the_guest_running():
    with Operator("devirtualize", "log = error\n", 2) as operator:
        operator.type("devirtualize\r")
        operator.port.expect("Tessera and this console are gone\r\n", TIMEOUT)
        assert operator.guest.end()


def test_a_cpu_that_does_not_answer_is_parked():
    """A shootdown waits for the CPU up to a limit, kicks it twice, reports it, and goes on."""
    with Operator("deaf", "log = warn\n", 3) as operator:
        operator.ask("drill deaf 1 really")
        operator.type("protect 0x100000+0x80 deny idt\r")
        operator.port.expect("cpu 1 does not leave the guest", TIMEOUT)
        operator.port.expect("cpu 1 is parked: it did not answer a shootdown", TIMEOUT)
        operator.port.expect(PROMPT, TIMEOUT)
        operator.drop_what_came()
        assert "0x000000100000" in operator.ask("regions")
        assert re.search(r"^ *1 +1 +PARKED", operator.ask("cpus"), re.M)
        assert "does not leave" not in operator.ask("protect 0x200000+0x80 deny idt")
        assert "0x000000200000" in operator.ask("regions")
        assert "RIP" in operator.ask("regs 1")  # the CPU still answers the console


def test_reboot_and_the_log_from_before():
    with Operator("reboot", "log = warn\n", 1) as operator:
        operator.ask("protect 0x100000+0x80 deny idt")
        operator.ask("seal idt")
        operator.type("reboot\r")
        operator.port.expect("resetting the machine", TIMEOUT)
        operator.guest.machine.com1.expect(r"tessera: ok: 1 CPU", TIMEOUT)
        operator.port.expect(PROMPT, TIMEOUT)
        operator.drop_what_came()
        assert re.search(r"sealed until reset: idt", operator.ask("log previous"))
        assert "(sealed)" not in operator.ask("rules")
