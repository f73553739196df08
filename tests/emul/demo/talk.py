# SPDX-License-Identifier: MIT
"""Types into the two consoles: the hypervisor's, and the guest's shell."""

import re

from .steps import require

PROMPT = r"\x1b\[Ktessera> "
ANSWER = 120  # timeout in seconds, for a machine that other programs slow down
ESCAPES = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


class Operator:
    """Types commands into the hypervisor's console."""

    def __init__(self, port):
        self._port = port

    def greet(self, timeout):
        """Waits until the console answers."""
        self._port.expect(r"Tessera console.*(\r\n)+" + ".*" + PROMPT, timeout)

    def ask(self, command):
        """Returns the output of a command without the log lines that came meanwhile."""
        self._port.send(f"{command}\r")
        echo = self._port.expect(re.escape(command) + r"\r\n", ANSWER)
        prompt = self._port.expect(PROMPT, ANSWER)
        said = prompt.string[echo.end():prompt.start()].decode(errors="replace")
        lines = [ESCAPES.sub("", line).rstrip("\r") for line in said.split("\n")]
        return [line for line in lines if line and not line.startswith("[")]

    def wait_for(self, pattern):
        """Waits for output that the console prints without being asked."""
        return self._port.expect(pattern, ANSWER)


class Shell:
    """Types commands into the guest's shell."""

    def __init__(self, port):
        self._port = port

    def run(self, command, timeout=ANSWER):
        """Runs a command line. Returns its exit status and the output."""
        before = len(self._port.text)
        self._port.send(f"{command}; echo status=$?\r")
        status = int(self._port.expect(r"^status=(\d+)", timeout)[1])
        return status, self._port.text[before:]

    def demo(self, step, facts):
        """Runs a step of the demonstration. Its facts, one for each pattern, must all be there, in
        order. Returns the matches."""
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
        """Switches the machine off with the command that its user would type."""
        self._port.send("poweroff -f\r")
