# SPDX-License-Identifier: MIT
"""One run of the emulator: a chain of programs that report the time, natively or under Tessera.

    BOOTX64.EFI -> first.efi -> second.efi -> payload.efi

Each program but the payload only reports the clock and starts the next one (start.c). Under
Tessera, the second program is Tessera's loader instead. All runs of one payload have files of the
same names and sizes in the same places, so that the firmware does the same work.
"""

import re
import time
from pathlib import Path

from machine.bochs import Bochs
from machine.image import make_image
from machine.paths import BUILD

BENCH = BUILD / "bench"
LOADER = BUILD / "BOOTX64.EFI"
COUNTED = BENCH / "counted" / "BOOTX64.EFI"
NEXT = "next = \\EFI\\bench\\second.efi\n"
END = re.compile(r"^bench: (?:end|init \d+)\n", re.M)
POLL_SECONDS = 0.2


class Broken(Exception):
    """A run did not do what it should: its figures are not valid."""


def _padded(path, size):
    data = Path(path).read_bytes()
    return data + bytes(size - len(data))


def disk(payload, loader=None, options=""):
    """Returns an image with this payload, under the Tessera of `loader`, or native if it is
    None."""
    size = max(LOADER.stat().st_size, COUNTED.stat().st_size)
    image = BENCH / "bench.img"
    make_image(image, {
        "EFI/BOOT/BOOTX64.EFI": BENCH / "start-first.efi",
        "EFI/bench/first.efi": _padded(loader or BENCH / "start-second.efi", size),
        "EFI/bench/second.efi": BENCH / "start-payload.efi",
        "EFI/bench/payload.efi": payload,
        "EFI/bench/tessera.conf": (NEXT + options).encode(),
    })
    return image


class Run:
    """A machine that ran to the end of its payload, and its output on port 0xE9."""

    def __init__(self, image, cpus, timeout, questions=()):
        """`questions` are commands for Tessera's console after the payload has finished."""
        self.answers = {}
        with Bochs(image, cpus=cpus) as machine:
            self.lines = self._wait(machine, timeout)
            for question in questions:
                self.answers[question] = _ask(machine.com2, question)
        wrong = [line for line in self.lines if line.startswith("wrong: ")]
        if wrong:
            raise Broken("; ".join(wrong))

    @staticmethod
    def _wait(machine, timeout):
        deadline = time.monotonic() + timeout
        while machine.running and time.monotonic() < deadline:
            if END.search(machine.output):
                break
            time.sleep(POLL_SECONDS)
        said = machine.output
        if not END.search(said):
            raise Broken(f"no end within {timeout} s: {machine.work} has the transcripts")
        return re.findall(r"^bench: (.*)", said, re.M)

    def stages(self):
        """Returns the clock at each loader of the chain: a list of (entered, loading, starting)."""
        found = (re.fullmatch(r"stage entered (\d+) loading (\d+) starting (\d+)", line)
                 for line in self.lines)
        return [tuple(map(int, match.groups())) for match in found if match]

    def init(self):
        """Returns the clock at Linux's first program."""
        return next(int(line.split()[1]) for line in self.lines if line.startswith("init "))

    def figures(self):
        """Returns the agent's figures: name -> {"ticks", "exits", "vmreads", "vmwrites"}."""
        found = {}
        for line in self.lines:
            kind, *words = line.split()
            if kind == "figure":
                found[words[0]] = dict(zip(words[1::2], map(int, words[2::2])))
        return found


def _ask(port, question):
    """Returns the answer of Tessera's console."""
    port.send(f"{question}\r")
    port.expect(re.escape(question), 30)
    return port.expect(r"([\s\S]*?)tessera> ?", 30).group(1).decode()
