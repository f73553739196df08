# SPDX-License-Identifier: MIT
"""The machines on which the agent's scenarios run: every engine, one CPU and several."""

from typing import NamedTuple

from machine import bochsrc
from machine.paths import MACHINES

from .guest import Guest, agent_image

TIMEOUT = 180  # seconds for one scenario
ENDED = "the machine was switched off"


class AgentRun(NamedTuple):
    """A recipe: boots the agent and runs the scenarios that tests ask for, which are its parts. A
    result is None or the scenario's complaint. The part ENDED tells whether the machine switched
    off."""

    name: str
    engine: str
    cpus: int
    model: str = "tigerlake"
    add_features: tuple = ()
    msrs: str = bochsrc.MSRS

    def run(self, parts):
        """Boots the machine, runs the scenarios, and switches the machine off."""
        image = agent_image(MACHINES / f"system-{self.name}.img", f"engine = {self.engine}\n")
        guest = Guest(image, cpus=self.cpus, model=self.model, add_features=self.add_features,
                      msrs=self.msrs)
        guest.start()
        try:
            for part in parts:
                if part != ENDED:
                    yield part, guest.run(part, *guest.block, timeout=TIMEOUT)
            if ENDED in parts:
                yield ENDED, guest.end()
        finally:
            guest.stop()
            image.unlink()


MACHINES_UNDER_TEST = (
    AgentRun("hardware-1", "hardware", 1),
    AgentRun("hardware-4", "hardware", 4),
    AgentRun("software-1", "software", 1),
    AgentRun("software-4", "software", 4),
    AgentRun("skylake_x-1", "auto", 1, "corei7_skylake_x"),
)
