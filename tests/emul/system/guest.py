# SPDX-License-Identifier: MIT
"""The test agent as a guest: boots it under Tessera and runs its scenarios."""

import re

from machine.bochs import Bochs
from machine.emulator import EntryRefused
from machine.image import make_image
from machine.paths import LOADER, PRODUCT
from machine.serial import Silence

AGENT = PRODUCT / "agent.efi"

TIME_TO_START = 60
TIME_TO_END = 120


# The emulator delivers a SIPI that is sent to several CPUs at once to the first one only.
def agent_image(path, settings="", agent=AGENT):
    """Returns a disk with Tessera, these lines in its tessera.conf, and the agent."""
    config = f"next = \\EFI\\agent.efi\n{settings}"
    if "sipi" not in settings:
        config += "sipi = single\n"
    return make_image(path, {"EFI/BOOT/BOOTX64.EFI": LOADER, "EFI/agent.efi": agent,
                             "EFI/tessera/tessera.conf": config.encode()})


class Guest:
    """A machine with the agent. It is started again after a scenario that did not end."""

    def __init__(self, image, native=False, **machine):
        self.image = image
        self._native = native
        self._options = machine
        self.machine = None
        self.block = None  # address and size of the hypervisor's own memory

    def start(self):
        """Switches the machine on and waits for the agent."""
        self.machine = Bochs(self.image, snapshot=True, **self._options).start()
        com1 = self.machine.com1
        self.block = (0, 0)
        if not self._native:
            placed = com1.expect(r"tessera: ok: \d+ CPUs?, (\d+) MiB at 0x([0-9a-f]+)\r",
                                 TIME_TO_START)
            self.block = (int(placed[2], 16), int(placed[1]) << 20)
        com1.expect(r"agent: ready", TIME_TO_START)

    def run(self, name, *numbers, timeout):
        """Runs a scenario. Returns None if it passed, otherwise its complaint."""
        if self.machine is None:
            self.start()
        self.machine.com1.send(" ".join(map(str, (name, *numbers))) + "\n")
        try:
            answer = self.machine.com1.expect(rf"^(ok|FAIL) {name}\b(?:: )?(.*?)\r", timeout)
        except Silence as silence:
            complaint = self._post_mortem(silence)
            try:
                self.stop()
            except EntryRefused as refused:
                complaint = f"{refused}\n{complaint}"
            return complaint
        return None if answer[1] == b"ok" else answer[2].decode(errors="replace")

    def stop(self):
        """Kills the emulator."""
        machine, self.machine = self.machine, None
        if machine:
            machine.stop()

    def end(self):
        """Has the agent switch the machine off, and tells whether that worked."""
        self.machine.com1.send("off\n")
        self.machine.wait(TIME_TO_END)
        clean = self.machine.ended_cleanly
        self.stop()
        return clean

    def _post_mortem(self, silence):
        errors = re.findall(r"^\d+e\[CPU\d* +\] (.*)", self.machine.log(), re.M)
        return (f"{silence}\nthe hypervisor says:\n{self.machine.com2.text[-1500:]}\n"
                f"the emulator says:\n" + "\n".join(errors[-8:]))
