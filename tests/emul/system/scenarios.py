# SPDX-License-Identifier: MIT
"""The agent's scenarios, read from the list from which the agent itself is built."""

import re
from pathlib import Path
from typing import NamedTuple

LIST = Path(__file__).parent / "agent" / "scenarios.h"
ENTRY = re.compile(r'^\tX\((\w+), (\d+), "([\d ]*)"\)', re.M)


class Scenario(NamedTuple):
    """One scenario."""

    name: str
    processors: int
    numbers: tuple  # the rows of tests/scenarios.md that it covers


def load():
    """Returns all scenarios, in the order in which they run."""
    return [Scenario(name, int(processors), tuple(map(int, numbers.split())))
            for name, processors, numbers in ENTRY.findall(LIST.read_text())]
