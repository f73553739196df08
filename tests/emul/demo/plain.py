# SPDX-License-Identifier: MIT
"""The demonstration on a machine without VMX: Tessera names what is missing, the system starts."""

from .steps import require
from .talk import Shell

BOOT = 300


class Plain:
    """The steps, to be run in order on a running machine."""

    def __init__(self, machine):
        self.machine = machine
        self.guest = Shell(machine.com1)

    @property
    def steps(self):
        """Returns all steps but the last."""
        return [self.refusal, self.linux, self.no_driver]

    def refusal(self):
        """Power-on: Tessera finds no VMX, names it and says what to do."""
        said = self.machine.com1.expect(r"tessera: (missing: VMX on .*)\r", BOOT)
        return [said[1].decode()]

    def linux(self):
        """The operating system starts nevertheless, unprotected."""
        self.machine.com1.expect(r"tessera: starting ", BOOT)
        return []

    def no_driver(self):
        """The guest's driver finds no hypervisor and says so."""
        said = self.machine.com1.expect(r"tessera: (Tessera does not run .*)\r", BOOT)
        seen = self.machine.com1.expect(r"demo-guest: (\d+ CPUs, .*)\r", BOOT)
        self.machine.com1.expect("guest# ", BOOT)
        return [said[1].decode(), seen[1].decode()]

    def power_off(self):
        """The guest switches the machine off."""
        self.guest.power_off()
        self.machine.wait(BOOT)
        require(self.machine.ended_cleanly, "the machine ended in another way")
