# SPDX-License-Identifier: MIT
"""Three CPUs store to a tile, or update it atomically, while the fourth CPU adds and removes a rule
on it many times. ROUNDS says how often; `make hammer` does it 100,000 times."""

import os

import pytest

from machine.paths import MACHINES

from .guest import Guest, agent_image

SCENARIOS = ("no_store_lands_after_protect", "updates_outlive_a_neighbour")
ROUNDS = int(os.environ.get("ROUNDS") or 3000)
SECONDS_FOR_A_ROUND = 0.05


@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize("engine", ["hardware", "software"])
def test_races_many_times(engine, scenario):
    image = agent_image(MACHINES / f"hammer-{scenario}-{engine}.img", f"engine = {engine}\n")
    guest = Guest(image, cpus=4)
    guest.start()
    try:
        complaint = guest.run(scenario, *guest.block, ROUNDS,
                              timeout=60 + ROUNDS * SECONDS_FOR_A_ROUND)
    finally:
        guest.stop()
        image.unlink()
    assert complaint is None, complaint
