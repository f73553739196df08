# SPDX-License-Identifier: MIT
"""The agent's scenarios, read from the list that the agent itself is built from."""

import re
from pathlib import Path
from typing import NamedTuple

LIST = Path(__file__).parent / "agent" / "scenarios.h"
ENTRY = re.compile(r'^\tX\((\w+), (\d+), "([\d ]*)"\)', re.M)


class Scenario(NamedTuple):
    """One of them."""

    name: str
    processors: int
    numbers: tuple  # those in tests/scenarios.md that it covers


def load():
    """All of them, in the order in which they run."""
    return [Scenario(name, int(processors), tuple(map(int, numbers.split())))
            for name, processors, numbers in ENTRY.findall(LIST.read_text())]
