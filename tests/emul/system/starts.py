# SPDX-License-Identifier: MIT
"""Runs the agent's scenarios about INIT and SIPI, natively and under Tessera."""

import re
from pathlib import Path
from typing import NamedTuple, Optional

from machine.image import make_image
from machine.paths import MACHINES

from .guest import AGENT, Guest, agent_image

LIST = Path(__file__).parent / "agent" / "starts.h"
NAMES = tuple(re.findall(r"^\tX\((\w+), \d+\)", LIST.read_text(), re.M))
CPUS = 4
TIMEOUT = 120


class StartRun(NamedTuple):
    """Boots the agent and runs the scenarios, without Tessera if `settings` is None."""

    name: str
    settings: Optional[str]

    def run(self, parts):
        """Yields each scenario's name and its complaint, or None."""
        path = MACHINES / f"system-starts-{self.name}.img"
        if self.settings is None:
            image = make_image(path, {"EFI/BOOT/BOOTX64.EFI": AGENT})
        else:
            image = agent_image(path, self.settings)
        guest = Guest(image, cpus=CPUS, native=self.settings is None)
        guest.start()
        try:
            for part in parts:
                yield part, guest.run(part, *guest.block, timeout=TIMEOUT)
        finally:
            guest.stop()
            image.unlink()


MACHINES_UNDER_TEST = (
    StartRun("native", None),
    *(StartRun(f"{engine}-{sipi}", f"engine = {engine}\nsipi = {sipi}\n")
      for engine, sipi in (("hardware", "auto"), ("software", "single"),
                           ("software", "software"))),
)
