# SPDX-License-Identifier: MIT
"""Hostile cases have the same results under Tessera, on both engines, as without it.

HOSTILE_SEED and HOSTILE_ROUNDS, the number of random cases on all CPUs together, come from the
environment. The groups' tables are played in every run.
"""

import os
import random

import pytest

from machine.paths import LOADER
from machine.product import build

from .differences import unexplained
from .play import AGENT, CPUS, GROUPS, Player

ROUNDS = 60_000
SHOWN = 12  # differences in a complaint


@pytest.fixture(scope="module", autouse=True)
def built():
    """Builds programs that are missing."""
    build(LOADER, AGENT)


@pytest.fixture(name="seed", scope="module")
def choose_seed():
    """Chooses another seed for each run, unless one is given."""
    return int(os.environ.get("HOSTILE_SEED") or random.randrange(1 << 32))


def _cases_each():
    """Returns the number of random cases of a group on one CPU."""
    return int(os.environ.get("HOSTILE_ROUNDS") or ROUNDS) // len(GROUPS) // CPUS


def _all_groups(player):
    player.start()
    return {group: player.play(group, _cases_each()) for group in GROUPS}


@pytest.fixture(name="native", scope="module")
def play_natively(seed):
    """Returns the results without Tessera."""
    player = Player(None, seed)
    try:
        return _all_groups(player)
    finally:
        player.stop()


@pytest.fixture(name="machine", scope="module", params=["hardware", "software"])
def play_under_tessera(native, seed, request):
    """Returns a machine's engine and its results."""
    player = Player(request.param, seed)
    try:
        return request.param, _all_groups(player)
    finally:
        player.stop()


def _blocks(engine, seed, group, blocks):
    """Returns the cases of blocks whose hashes differ, played on machines that are started for
    this."""
    shown = []
    for player in (Player(None, seed), Player(engine, seed)):
        player.start()
        cases = {}
        for first in sorted({n for _, n in blocks}):
            cases.update(player.show(group, first))
        player.stop()
        shown.append(cases)
    return shown


def _differences(native, tessera):
    """Yields the cases with different results, unless an entry of differences.py covers them."""
    for key in sorted(native.keys() | tessera.keys()):
        case, before = native.get(key, ("?", "not played"))
        _, after = tessera.get(key, ("?", "not played"))
        complaint = unexplained(case, before, after)
        if complaint:
            yield f"CPU {key[0]} case {key[1]}, {case}: {complaint}"


@pytest.mark.parametrize("group", GROUPS)
def test_cases_come_to_the_same(machine, native, seed, group):
    """Compares blocks by their hashes, and the cases that are known to differ one by one."""
    engine, results = machine
    before, after = native[group], results[group]
    print(f"\n{group}, {engine}, seed {seed}: {after.played} cases in {after.seconds:.1f} s "
          f"({before.seconds:.1f} s without Tessera), {len(after.cases)} set apart")
    assert before.complaint is None, f"without Tessera: {before.complaint}"
    assert after.complaint is None, after.complaint
    wrong = list(_differences(before.cases, after.cases))
    blocks = [key for key in before.hashes if before.hashes[key] != after.hashes.get(key)]
    if blocks:
        shown = _blocks(engine, seed, group, blocks[:SHOWN])
        same = {key for key, case in shown[0].items() if shown[1].get(key) == case}
        wrong += _differences(*({key: case for key, case in cases.items()
                                 if key not in before.cases.keys() | same} for cases in shown))
        wrong.append(f"{len(blocks)} of {len(before.hashes)} blocks differ: {blocks[:SHOWN]}")
    assert not wrong, f"{len(wrong)}, among them:\n" + "\n".join(wrong[:SHOWN])
    assert before.played == after.played >= 512, "hardly anything was played"
