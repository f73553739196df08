# SPDX-License-Identifier: MIT
"""A recipe that talks to the hypervisor's console while the agent runs."""

from typing import NamedTuple

from machine.paths import MACHINES

from .guest import Guest, agent_image

PROMPT = r"\[Ktessera> "
TIMEOUT = 90
PATIENCE = 180


def ask(guest, line):
    """What the console of a guest's machine answers to a line."""
    port = guest.machine.com2
    port.send(line + "\r")
    answer = port.expect(rf"(?s){line.split()[0]}.*?\r\n(.*?)\x1b?{PROMPT}", TIMEOUT)
    return answer[1].decode(errors="replace")


class ConsoleRun(NamedTuple):
    """Has the agent run scenarios and types commands between them. `script` is a tuple of lines:
    "NAME:" runs a scenario, anything else is typed; {block} is where the hypervisor's memory is.
    Each line is a part, and its result what the console answered, or what the scenario said."""

    script: tuple
    cpus: int = 1

    def run(self, _parts):
        """Yields a dictionary of answers by line."""
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
            # The fourth number asks the scenario to leave its traces behind for us.
            return guest.run(line[:-1], *guest.block, 0, 1, timeout=PATIENCE)
        return ask(guest, line.format(block=hex(guest.block[0])))
