# SPDX-License-Identifier: MIT
"""Random stores under random rules do what the model says, on every engine and on 1 and 4 CPUs.

SEED, ROUND, STORES and SECONDS come from the environment.
"""

import os
import random

import pytest

from machine.product import build
from system.guest import LOADER

from .game import AGENT, GAMES

STORES = 250_000
SECONDS = 75  # for one machine; a slow one plays fewer stores


@pytest.fixture(scope="module", autouse=True)
def built():
    """Builds programs that are missing."""
    build(LOADER, AGENT)


@pytest.fixture(name="seed", scope="module")
def choose_seed():
    """Chooses another seed for each run, unless one is given."""
    return int(os.environ.get("SEED") or random.randrange(1 << 32))


@pytest.mark.parametrize("game", GAMES, ids=lambda game: game.name)
def test_stores_do_what_the_model_says(game, seed):
    """Plays as many stores as the time allows."""
    only = os.environ.get("ROUND")
    score = game.play(seed, int(os.environ.get("STORES", STORES)),
                      float(os.environ.get("SECONDS", SECONDS)), int(only) if only else None)
    print(f"\n{game.name}, seed {seed}: {score.rounds} rounds, {score.stores} stores, "
          f"{score.denied} denied, {score.events} events, {score.changes} changes, "
          f"{score.skipped} skipped, {score.seconds:.0f} s")
    assert score.complaint is None, score.complaint
    assert only or score.stores, "nothing was played"
