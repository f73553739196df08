# SPDX-License-Identifier: MIT
"""A recipe that types into the hypervisor's console while the agent runs."""

from typing import NamedTuple

from machine.paths import MACHINES

from .guest import Guest, agent_image

PROMPT = r"\[Ktessera> "
TIMEOUT = 90
PATIENCE = 180


def ask(guest, line):
    """Returns the console's answer to a line."""
    port = guest.machine.com2
    port.send(line + "\r")
    answer = port.expect(rf"(?s){line.split()[0]}.*?\r\n(.*?)\x1b?{PROMPT}", TIMEOUT)
    return answer[1].decode(errors="replace")


class ConsoleRun(NamedTuple):
    """Has the agent run scenarios and types commands between them. `script` is a tuple of lines:
    "NAME:" runs a scenario, anything else is typed, and {block} stands for the address of the
    hypervisor's memory. Each line is a part. Its result is the console's answer or the scenario's
    complaint."""

    script: tuple
    cpus: int = 1

    def run(self, _parts):
        """Yields None and a dictionary of the answers by line."""
        image = agent_image(MACHINES / f"system-console-{self.cpus}.img", "log = error\n")
        guest = Guest(image, cpus=self.cpus)
        guest.start()
        try:
            guest.machine.com2.expect("tessera> ", PATIENCE)
            yield None, {line: self._do(guest, line) for line in self.script}
        finally:
            guest.stop()
            image.unlink()

    @staticmethod
    def _do(guest, line):
        if line.endswith(":"):
            # The fourth number tells the scenario to leave its rules in place, so that the console
            # shows them.
            return guest.run(line[:-1], *guest.block, 0, 1, timeout=PATIENCE)
        return ask(guest, line.format(block=hex(guest.block[0])))
