# SPDX-License-Identifier: MIT
"""Devirtualizes the machine under the test agent, which checks every register: many times, at
another moment each time, on both engines, with one CPU and with four.

Each run starts from the same machine, saved when the agent was ready.
"""

import tempfile
from pathlib import Path

import pytest

from machine.bochs import Bochs
from machine.paths import MACHINES
from system.guest import TIME_TO_START, agent_image

TIME = 120

# The number of runs on one CPU and on four.
TIMES = (
    ("devirtualize_keeps_registers", 1, 8),
    ("devirtualize_by_console", 1, 5),
    ("devirtualize_is_refused", 1, 1),
    ("devirtualize_with_a_disabled_apic", 1, 2),
    ("devirtualize_by_console", 4, 1),
    ("devirtualize_under_load", 4, 6),
    ("devirtualize_among_nmis", 4, 3),
    ("devirtualize_asked_twice", 4, 3),
    ("devirtualize_is_refused", 4, 1),
)


@pytest.fixture(scope="module", name="saved")
def _saved():
    """Returns saved machines with the agent, by engine and number of CPUs."""
    MACHINES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=MACHINES) as folder:
        made = {}

        def get(engine, cpus):
            if (engine, cpus) not in made:
                made[engine, cpus] = save(Path(folder), engine, cpus)
            return made[engine, cpus]
        yield get


def save(folder, engine, cpus):
    """Boots the agent and saves the machine. Returns the state to start from, and the block's
    address."""
    image = agent_image(folder / f"{engine}-{cpus}.img", f"engine = {engine}\nmemory = 4M\n")
    state = folder / f"{engine}-{cpus}"
    with Bochs(image, cpus=cpus, snapshot=True, save_to=state) as machine:
        placed = machine.com1.expect(r"tessera: ok: \d+ CPUs?, (\d+) MiB at 0x([0-9a-f]+)\r",
                                     TIME_TO_START)
        machine.com1.expect("agent: ready", TIME_TO_START)
        machine.save()
    return image, state, (int(placed[2], 16), int(placed[1]) << 20)


def cases():
    """Yields all runs on each engine. Later runs wait longer before they devirtualize."""
    for engine in ("hardware", "software"):
        for name, cpus, times in TIMES:
            for n in range(times):
                yield pytest.param(engine, cpus, name, n * 37, id=f"{engine}-{cpus}-{name}-{n}")


@pytest.mark.parametrize("engine, cpus, name, delay", cases())
def test_devirtualize(saved, engine, cpus, name, delay):
    image, state, block = saved(engine, cpus)
    with Bochs(image, cpus=cpus, state=state) as machine:
        machine.com1.send(" ".join(map(str, (name, *block, delay))) + "\n")
        if name == "devirtualize_by_console":
            machine.com1.expect("working", TIME)
            machine.com2.send("devirtualize\r")
        answer = machine.com1.expect(rf"^(ok|FAIL) {name}\b(?:: )?(.*?)\r", TIME)
    assert answer[1] == b"ok", answer[2].decode()
