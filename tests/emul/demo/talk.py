# SPDX-License-Identifier: MIT
"""Talking to the two consoles: the hypervisor's, and the shell of the guest."""

import re

from .steps import require

PROMPT = r"\x1b\[Ktessera> "
ANSWER = 120  # seconds of patience with a machine that other programs slow down
ESCAPES = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


class Operator:
    """Types commands into the hypervisor's console."""

    def __init__(self, port):
        self._port = port

    def greet(self, timeout):
        """Waits until the console is there."""
        self._port.expect(r"Tessera console.*(\r\n)+" + ".*" + PROMPT, timeout)

    def ask(self, command):
        """The lines that a command prints, those of the log that came meanwhile left out."""
        self._port.send(f"{command}\r")
        echo = self._port.expect(re.escape(command) + r"\r\n", ANSWER)
        prompt = self._port.expect(PROMPT, ANSWER)
        said = prompt.string[echo.end():prompt.start()].decode(errors="replace")
        lines = [ESCAPES.sub("", line).rstrip("\r") for line in said.split("\n")]
        return [line for line in lines if line and not line.startswith("[")]

    def wait_for(self, pattern):
        """Waits for something that the console says of its own accord."""
        return self._port.expect(pattern, ANSWER)


class Shell:
    """Types commands into the guest's shell."""

    def __init__(self, port):
        self._port = port

    def run(self, command, timeout=ANSWER):
        """Runs a command line; returns its exit status and what was said meanwhile."""
        before = len(self._port.text)
        self._port.send(f"{command}; echo status=$?\r")
        status = int(self._port.expect(r"^status=(\d+)", timeout)[1])
        return status, self._port.text[before:]

    def demo(self, step, facts):
        """Does a step of the demonstration. Its facts, one for each of the patterns, must all be
        there and in order; returns the matches."""
        status, said = self.run(f"demo {step}")
        told = re.findall(r"tessera-demo: (?:ok|FAILED): .*", said)
        require(status == 0 and len(told) == len(facts),
                f"the guest's `demo {step}` ended with {status}:\n{said}")
        return [self._match(fact, line) for fact, line in zip(facts, told)]

    @staticmethod
    def _match(fact, line):
        match = re.fullmatch(rf"tessera-demo: ok: {fact}\s*", line)
        require(match, f"the guest said `{line.strip()}`, not `ok: {fact}`")
        return match

    def power_off(self):
        """Switches the machine off, as its user would."""
        self._port.send("poweroff -f\r")
