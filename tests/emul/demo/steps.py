# SPDX-License-Identifier: MIT
"""Prints numbered steps and counts those that held."""

import subprocess
import sys
import time


class Failed(AssertionError):
    """A step found something else than it expects."""


def require(fact, what):
    """Raises `Failed` with `what` unless the fact holds."""
    if not fact:
        raise Failed(what)


class Steps:
    """Runs steps one after the other. Each is a function whose docstring's first line says what it
    shows."""

    def __init__(self, out=sys.stdout):
        self._out = out
        self._number = 0
        self.total = 0
        self.held = 0

    def say(self, text):
        """Prints a line without a number."""
        print(text, file=self._out, flush=True)

    def run(self, steps):
        """Runs the steps until one fails, and returns whether all held. A step may return lines to
        be printed."""
        self.total += len(steps)
        return all(self._run(step) for step in steps)

    def _run(self, step):
        self._number += 1
        title = step.__doc__.splitlines()[0].rstrip(".")
        print(f"[{self._number:2}/{self.total}] {title} ... ", end="", file=self._out, flush=True)
        began = time.monotonic()
        try:
            shown = step() or []
        except (AssertionError, OSError, subprocess.SubprocessError) as problem:
            self.say("FAILED")
            self.say(_indent(str(problem) or repr(problem)))
            return False
        self.held += 1
        self.say(f"ok ({time.monotonic() - began:.1f} s)")
        for line in shown:
            self.say(_indent(line))
        return True

    def summarize(self):
        """Prints how many held, and returns whether all did."""
        good = 0 < self.held == self.total
        self.say(f"summary: {self.held} of {self.total} steps held: "
                 + ("the demonstration is complete." if good else "the demonstration FAILED."))
        return good


def _indent(text):
    return "\n".join(f"        {line}" for line in text.splitlines())
