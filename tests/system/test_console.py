# SPDX-License-Identifier: MIT
"""The console tells what the guest has done, and what the map and the tiles are like."""

import re

import pytest

from .consoles import ConsoleRun

TALK = ConsoleRun((
    "hidden_memory_swallows_stores:", "each_tile_denied:", "mtrr_write_is_followed:",
    "version", "cpus", "vm", "exits", "exits 0", "ept {block}", "ept 0x100000", "regions", "rules",
    "pool", "time", "log", "help", "help protect", "protect 0x100040+0x40 deny demo",
    "spp 0x100000", "unprotect demo", "nonsense", "protect", "ept 0xzz",
))


@pytest.fixture
def say(outcome):
    """The answer to a line of the script."""
    return lambda line: outcome[line]


def both(*lines):
    """A test that looks at the one conversation of this file."""
    return pytest.mark.parametrize("line, expected", [
        pytest.param(line, expected, marks=pytest.mark.boot(TALK), id=line)
        for line, expected in lines])


@both(
    ("version", r"Tessera [\d.]+, hypercall ABI 1\r\n.*engine: hardware \(SPP\)"),
    ("cpus", r"cpu +apic +state.*\n +0 +0 +\w+ +\d+"),
    ("vm", r"1 processors, engine hardware"),
    ("exits", r"18 VMCALL +\d+"),
    ("exits 0", r"48 EPT_VIOLATION +\d+"),
    ("ept {block}", r"Tessera's own memory"),
    ("ept 0x100000", r"page at 0x[0-9a-f]+, rwx, \w+"),
    ("regions", r"\d+ regions, \d+ pages with access maps"),
    ("rules", r"rule action.*\n +0 deny .*\n +1 deny"),
    ("pool", r"pool +\d+ pages, \d+ used, \d+ free"),
    ("time", r"tsc \d+, \d+ Hz"),
    ("help", r"help \[CMD\]|help .*commands"),
    ("help protect", r"usage: protect RANGE \[ACTION\] \[NAME\]"),
    ("protect 0x100040+0x40 deny demo", r"protected 0x100040\.\.0x100080, deny"),
    ("spp 0x100000", r"#\..*in force"),
    ("unprotect demo", r"1 region opened"),
    ("nonsense", r"no command `nonsense`|unknown|nonsense"),
    ("protect", r"usage: protect"),
    ("ept 0xzz", r"0xzz"),
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
    assert int(re.search(r"writes denied +(\d+)", say("vm"))[1]) >= 32
