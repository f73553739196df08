# SPDX-License-Identifier: MIT
"""The fast reset of system control port A, which Tessera watches because of the A20 gate."""

from typing import NamedTuple

import pytest

from machine.paths import MACHINES

from .guest import TIME_TO_START, Guest, agent_image


class ResetRun(NamedTuple):
    """A recipe: the agent resets the machine. The result is its greeting afterwards."""

    name: str

    def run(self, _parts):
        """Boots, resets, waits."""
        image = agent_image(MACHINES / f"system-{self.name}.img")
        guest = Guest(image, cpus=1)
        guest.start()
        try:
            guest.machine.com1.send("reset\n")
            guest.machine.com1.expect("tessera: ok: 1 CPU", TIME_TO_START)
            yield None, guest.machine.com1.expect("agent: ready", TIME_TO_START)[0]
        finally:
            guest.stop()
            image.unlink()


@pytest.mark.boot(ResetRun("fast-reset"))
def test_fast_reset(outcome):
    assert outcome == b"agent: ready"
