# SPDX-License-Identifier: MIT
"""Plays groups of hostile cases on one machine: natively, or under Tessera with one engine."""

import re
import time
from pathlib import Path
from typing import NamedTuple

from machine.image import make_image
from machine.paths import MACHINES, PRODUCT
from system.guest import Guest, agent_image

AGENT = PRODUCT / "hostile" / "agent.efi"
GROUPS = tuple(re.findall(r"^\tGROUP\((\w+)\)", (
    Path(__file__).parent / "agent" / "groups.h").read_text(), re.M))

CPUS = 4
BLOCK = 64  # cases that share one hash
COMMAND = 128 * BLOCK  # cases of one command on each CPU
PATIENCE = 30  # seconds for a command

TABLE = re.compile(r"^group (\w+) (\d+) ([01]) ([01])\r", re.M)
CASE = re.compile(r"^case (\d+) (\d+) (.*?): ?(.*?)\r", re.M)
HASH = re.compile(r"^block (\d+) (\d+) ([0-9a-f]+)\r", re.M)

# Warnings and errors on the hypervisor's console, and those of them that are expected.
LINE = re.compile(r"cpu\d+ ([EW]) (.*?)\r")
CALM = re.compile(r"Intel has announced SPP's retirement|in tessera\.conf does without it")
CALM_OF = {"calls": re.compile(
    r"denied write: |and \d+ more writes: |a call with a wrong key was refused ")}


class Table(NamedTuple):
    """The number of cases of a group, whether random cases follow them, and whether each block is
    played by one CPU instead of all."""

    cases: int
    random: bool
    split: bool


class Result(NamedTuple):
    """The results of a group on one machine. The keys are (CPU, number of the case, or of the first
    case of the block). The value of a case is its description and its result."""

    cases: dict
    hashes: dict
    complaint: str
    played: int  # on all CPUs together
    seconds: float


class Player:
    """A machine with the agent. `engine` is None for a machine without Tessera."""

    def __init__(self, engine, seed):
        self.name = engine or "native"
        self.seed = seed
        image = MACHINES / f"hostile-{self.name}.img"
        if engine:
            agent_image(image, f"engine = {engine}\n", AGENT)
        else:
            make_image(image, {"EFI/BOOT/BOOTX64.EFI": AGENT})
        self.guest = Guest(image, native=engine is None, cpus=CPUS)
        self.tables = {}
        self._console = 0  # length of the console's output that has been examined

    def start(self):
        """Switches the machine on and reads the list of groups."""
        self.guest.start()
        self._console = 0
        _, text = self.ask("groups")
        self.tables = {name: Table(int(cases), random == "1", split == "1")
                       for name, cases, random, split in TABLE.findall(text)}

    def stop(self):
        """Kills the emulator and deletes the disk."""
        self.guest.stop()
        self.guest.image.unlink(missing_ok=True)

    def ask(self, *command):
        """Types a command to the agent. Returns the complaint (or None) and the agent's output."""
        before = len(self.guest.machine.com1.text)
        machine = self.guest.machine
        complaint = self.guest.run(*command, timeout=PATIENCE)
        group = GROUPS[command[1]] if len(command) > 1 else None
        return complaint or self._trouble(CALM_OF.get(group, CALM)), machine.com1.text[before:]

    def play(self, group, cases):
        """Plays the table on each CPU, then that many random cases if the group has any."""
        began = time.monotonic()
        if self.guest.machine is None:  # the last group's complaint
            self._restart()
        table = self.tables[group]
        if table.split:
            cases *= CPUS
        cases = table.cases + (cases if table.random else 0)
        hashes, apart, complaint, done = {}, {}, None, 0
        while done < cases and not complaint:
            count = min(COMMAND, cases - done)
            complaint, text = self._command("play_cases", group, done, count)
            if complaint:
                complaint = self._culprit(group, done, count, complaint)
            hashes.update(((int(cpu), int(n)), value) for cpu, n, value in HASH.findall(text))
            apart.update(_cases(text))
            done += count
        played = done if table.split else done * CPUS
        return Result(apart, hashes, complaint, played, time.monotonic() - began)

    def show(self, group, first):
        """Returns the cases of a block."""
        complaint, text = self._command("show_cases", group, first, BLOCK)
        if complaint:
            raise AssertionError(f"{self.name}: {complaint}")
        return _cases(text)

    def _command(self, name, group, first, count):
        return self.ask(name, GROUPS.index(group), self.seed, first, count,
                        *self.guest.block)

    def _trouble(self, calm):
        """Returns new and unexpected lines of the hypervisor's console, or None."""
        text = self.guest.machine.com2.text if self.guest.machine else ""
        news, self._console = text[self._console:], len(text)
        lines = [line for _, line in LINE.findall(news)
                 if not CALM.match(line) and not calm.match(line)]
        return "the hypervisor says: " + "\n".join(lines) if lines else None

    def _restart(self):
        self.guest.stop()
        self.guest.start()
        self._console = 0

    def _culprit(self, group, first, count, complaint):
        """Repeats the cases, block by block and then one by one, until the complaint comes back."""
        for size in (BLOCK, 1):
            self._restart()
            for n in range(first, first + count, size):
                again, _ = self._command("play_cases", group, n, size)
                if again:
                    first, count, complaint = n, min(size, count), again
                    break
            else:
                return f"{group}, seed {self.seed}, cases from {first} on, {count} of them, but " \
                       f"not when they are played one by one: {complaint}"
        return f"{group}, seed {self.seed}, case {first}: {complaint}"


def _cases(text):
    return {(int(cpu), int(n)): (case, result) for cpu, n, case, result in CASE.findall(text)}
