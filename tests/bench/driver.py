# SPDX-License-Identifier: MIT
"""Measures the costs for a Linux program: calls through the driver, and the time from a store until
a reader has its event."""

import re

from linux import guest as guests

from .figure import Figure
from .stage import BENCH


def _times(engine):
    """Returns the client's figures in ticks."""
    folder = BENCH / "driver"
    folder.mkdir(parents=True, exist_ok=True)
    with guests.start(folder, engine, cpus=1) as machine:
        guest = guests.Guest(machine, engine)
        guest.await_shell()
        said = guest.run("client times")
    times = {name: int(ticks) for name, ticks in re.findall(r"time (\w+) (\d+)", said)}
    return times, machine.ips


def measure():
    """Measures all figures of this module."""
    guests.build()
    figures = []
    for engine in guests.MODELS:
        times, per_second = _times(engine)
        figures += [
            Figure("driver_calls", "1/s", 1, engine, tessera=per_second // times["calls"]),
            Figure("driver_call", "ticks", 1, engine, tessera=times["calls"]),
            Figure("event_latency", "ticks", 1, engine, tessera=times["events"]),
            Figure("event_latency_map", "ticks", 1, engine, tessera=times["map"])]
    return figures
