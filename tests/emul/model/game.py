# SPDX-License-Identifier: MIT
"""Plays rounds of the game on one machine until enough stores were made or the time is over."""

import re
import time
from typing import NamedTuple

from machine.image import make_image
from machine.paths import LOADER, MACHINES, PRODUCT
from system.guest import Guest

AGENT = PRODUCT / "model" / "agent.efi"

STORES_IN_ROUND = 4000  # of all CPUs together
ROUND_TIMEOUT = 120
ROUND = re.compile(r"model: round \d+: (\d+) stores, (\d+) denied, (\d+) events, "
                   r"(\d+) changes, (\d+) skipped")


class Score(NamedTuple):
    """The number of things played, and the fault: None, or a text with which the round can be
    repeated."""

    rounds: int
    stores: int
    denied: int
    events: int
    changes: int
    skipped: int  # stores that the emulator decides in another way than a real CPU
    seconds: float
    complaint: str


class Game(NamedTuple):
    """A machine that plays rounds."""

    name: str
    engine: str
    cpus: int

    def play(self, seed, stores, seconds, only=None):
        """Plays for `stores` stores and at most `seconds` seconds, or plays only round `only`."""
        image = make_image(MACHINES / f"model-{self.name}.img", {
            "EFI/BOOT/BOOTX64.EFI": LOADER, "EFI/agent.efi": AGENT,
            "EFI/tessera/tessera.conf":
                f"next = \\EFI\\agent.efi\nsipi = single\nengine = {self.engine}\n".encode()})
        guest = Guest(image, cpus=self.cpus)
        began = time.monotonic()
        guest.start()
        try:
            return self._rounds(guest, seed, stores, began + seconds, only)
        finally:
            guest.stop()
            image.unlink()

    def _rounds(self, guest, seed, stores, deadline, only):
        began, sums, complaint, number = time.monotonic(), [0] * 5, None, only or 0
        while complaint is None and sums[0] < stores and time.monotonic() < deadline:
            complaint = guest.run("play", seed, number, STORES_IN_ROUND // self.cpus,
                                  timeout=ROUND_TIMEOUT)
            number += 1
            if complaint is None:
                last = ROUND.findall(guest.machine.com1.text)[-1]
                sums = [a + int(b) for a, b in zip(sums, last)]
            if only is not None:
                break
        if complaint:
            said = guest.machine.com1.text if guest.machine else ""  # the machine may be off by now
            lines = re.findall(r"model: lost: (.*?)\r", said)
            complaint = "\n".join([f"{self.name}: {complaint}", *lines,
                                   f"again: make model SEED={seed} ROUND={number - 1}"])
        return Score(number - (only or 0), *sums, time.monotonic() - began, complaint)


GAMES = (
    Game("hardware-1", "hardware", 1),
    Game("software-1", "software", 1),
    Game("hardware-4", "hardware", 4),
    Game("software-4", "software", 4),
)
