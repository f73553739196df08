# SPDX-License-Identifier: MIT
"""Three processors store to a tile while the fourth protects it and takes the rule back, again and
again. ROUNDS says how often; `make hammer` does it 100,000 times."""

import os

import pytest

from machine.paths import MACHINES

from .guest import Guest, agent_image

SCENARIO = "no_store_lands_after_protect"
ROUNDS = int(os.environ.get("ROUNDS") or 3000)
SECONDS_FOR_A_ROUND = 0.05


@pytest.mark.parametrize("engine", ["hardware", "software"])
def test_no_store_lands_after_protect_however_often(engine):
    image = agent_image(MACHINES / f"hammer-{engine}.img", f"engine = {engine}\n")
    guest = Guest(image, cpus=4)
    guest.start()
    try:
        complaint = guest.run(SCENARIO, *guest.block, ROUNDS,
                              timeout=60 + ROUNDS * SECONDS_FOR_A_ROUND)
    finally:
        guest.stop()
        image.unlink()
    assert complaint is None, complaint
