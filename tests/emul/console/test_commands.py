# SPDX-License-Identifier: MIT
"""Every command of the table, with good and bad arguments, on a running machine."""

import re

import pytest

from . import table

COMMANDS = list(table.commands())
NAMES = [command.name for command in COMMANDS]
COLUMNS, WIDTH = (0, 40), 12  # of the names in the output of `help`
# An example of these commands ends the machine, or runs until a key is typed.
NOT_TYPED = {"top", "reboot", "poweroff", "devirtualize"}


def test_the_table_of_tests_has_all_commands(alone):
    rows = alone.ask("help").splitlines()[:-1]  # the last line tells how to get help on one command
    shown = [row[at:at + WIDTH].strip() for at in COLUMNS for row in rows if row[at:]]
    assert shown == NAMES
    assert set(table.LINES) == set(NAMES)


# In the order of table.py: the first commands protect what later ones show, open and seal.
@pytest.mark.parametrize("name", table.LINES)
def test_answers(alone, name):
    for line, expected in table.LINES[name]:
        said = alone.ask(line)
        assert re.search(expected.replace("{name}", name), said), f"{line}: {said}"


@pytest.mark.parametrize("command", COMMANDS, ids=NAMES)
def test_help_describes_each_command(alone, command):
    said = alone.ask(f"help {command.name}")
    usage, example, *about = said.splitlines()
    assert usage == f"usage: {command.name} {command.arguments}".rstrip()
    assert example == f"   as: {command.example}"
    assert " ".join(about).startswith(command.about)
    assert ("Refused once the policy is locked down." in about) != command.in_lockdown


@pytest.mark.parametrize("command", [c for c in COMMANDS if c.name not in NOT_TYPED],
                         ids=lambda command: command.name)
def test_examples_work(alone, command):
    said = alone.ask(command.example)
    assert "no such" not in said and "no command" not in said
    if command.name != "help":
        assert "usage:" not in said
    if command.name == "freeze":
        alone.ask("go")


@pytest.mark.parametrize("line, expected", [
    ("hepl", r"no command `hepl`: did you mean `help`\?\nusage: help \[CMD\]\n +as: help"),
    ("prot", r"did you mean `protect`\?\nusage: protect RANGE"),
    ("xyzzy", r"no command `xyzzy`: `help` lists them"),
    ("CPUS", r"no command `CPUS`"),
    ("cpus | grep x", r"only `\| match TEXT` can follow a command"),
    ("cpus | match", r"only `\| match TEXT` can follow a command"),
    ("| match x", r"a command must stand before `\|`"),
    ("vmcs 0 | match guest_rip", r"^681e +GUEST_RIP +\w{16}\n$"),
    ("vmcs 0 | match no such field", r"^$"),
    ("   version   ", r"^Tessera"),
    ("a b c d e f g h i j k", r"too many words"),
    ("\"version\"", r"^Tessera"),
], ids=lambda value: value if len(value) < 20 else "")
def test_lines(alone, line, expected):
    assert re.search(expected, alone.ask(line)), alone.ask(line)


def test_the_guest_was_not_disturbed(alone):
    assert alone.guest_runs("each_tile_open") is None
