# SPDX-License-Identifier: MIT
"""The console reports the guest's calls and writes. tests/emul/console tests the rest of it."""

import re

import pytest

from .consoles import ConsoleRun

TALK = ConsoleRun((
    "hidden_memory_swallows_stores:", "each_tile_denied:", "mtrr_write_is_followed:",
    "vm", "exits", "exits 0",
))


@pytest.fixture
def say(outcome):
    """Returns the answer to a line of the script."""
    return lambda line: outcome[line]


def both(*lines):
    """Marks a test of the one conversation of this file, for both engines."""
    return pytest.mark.parametrize("line, expected", [
        pytest.param(line, expected, marks=pytest.mark.boot(TALK), id=line)
        for line, expected in lines])


@both(
    ("exits", r"18 VMCALL +\d+"),
    ("exits 0", r"48 EPT_VIOLATION +\d+"),
)
def test_answer(line, expected, say):
    assert re.search(expected, say(line), re.S), say(line)


@pytest.mark.boot(TALK)
def test_stores_to_hidden_memory_are_counted(say):
    assert say("hidden_memory_swallows_stores:") is None
    reads, writes = re.search(r"hidden block.* (\d+) reads, (\d+) writes", say("vm")).groups()
    assert int(reads) >= 4096 and int(writes) >= 4096


@pytest.mark.boot(TALK)
def test_denied_writes_are_counted(say):
    assert say("each_tile_denied:") is None
    assert int(re.search(r"writes blocked +(\d+)", say("vm"))[1]) >= 32
