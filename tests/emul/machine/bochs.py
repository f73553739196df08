# SPDX-License-Identifier: MIT
"""Runs Bochs as a machine: it is the only emulator with VMX, EPT and SPP."""

import os
import re
import signal
from pathlib import Path

from . import bochsrc, snapshot
from .emulator import Emulator
from .flash import Flash
from .paths import BOCHS, OVMF

SOFT_OFF = "ACPI control: soft power off"
STATE = "state"
TIME_TO_SAVE = 60


class Bochs(Emulator):
    """A PC with UEFI firmware that runs the disk image's \\EFI\\BOOT\\BOOTX64.EFI.

    The firmware's console is COM1 and COM2. A run with one CPU is deterministic as long as nothing
    is typed: one tick is one instruction.
    """

    name = "bochs"

    # pylint: disable=too-many-arguments
    def __init__(self, image, *, cpus=1, model="tigerlake", memory=512, ips=20_000_000,
                 msrs=bochsrc.MSRS, exclude_features=(), add_features=(), firmware=OVMF, extra="",
                 snapshot=False, flash=False, state=None, save_to=None, work=None):
        """`snapshot` starts after the firmware's own initialization, which saves 4 to 6 s; do not
        use it for measurements. `extra` holds lines for the end of the configuration. `msrs` is the
        text of Bochs' file of model-specific registers, None for no such file. keep_variables()
        needs `flash`. A machine with a folder to `save_to` can save() its state there; a machine
        with the same options can start from that `state`."""
        super().__init__(work)
        self.image = Path(image).resolve()
        self.cpus = cpus
        self.model = model
        self.memory = memory
        self.ips = ips
        self.msrs = msrs
        self.firmware = firmware
        self.extra = extra
        self.snapshot = snapshot
        self.state = state
        self.save_to = save_to
        self._flash = Flash(firmware, self.work) if flash else None
        # With three CPUs and more, a CPU that sleeps in MWAIT keeps all others from running.
        self.exclude_features = {*exclude_features} | ({"mwait"} if cpus >= 3 else set())
        self.add_features = add_features
        self.restored = False  # whether it started from a saved state

    def prepare(self):
        text = bochsrc.configuration(self, bochsrc.socket(self.com1), bochsrc.socket(self.com2),
                                     self._flash and self._flash.path)
        (self.work / "msrs").write_text(self.msrs or "")
        saved = self.state or (snapshot.state_of(self) if self.snapshot else None)
        self.restored = saved is not None
        if self.restored:
            snapshot.lay_out(saved, self.work, STATE, text, self.image)
        else:
            self.copy_disk(self.image)
            (self.work / "bochsrc").write_text(text)

    def command(self):
        return [BOCHS, "-r", STATE] if self.restored else [BOCHS, "-f", "bochsrc"]

    def environment(self):
        saving = snapshot.saving(self.save_to) if self.save_to else {}
        return super().environment() | saving

    def save(self):
        """Saves the machine's state and ends the emulator."""
        os.kill(self._process.pid, signal.SIGUSR1)
        if self.wait(TIME_TO_SAVE):
            raise RuntimeError(f"{self.work}: the state was not saved")
        snapshot.finish(self.save_to)

    def keep_variables(self):
        """Makes the next reset find the firmware's variables as they are now."""
        self._flash.keep(self._process.pid)

    def log(self):
        """Returns the emulator's own log: failed VM entries, EPT and SPP exits, panics."""
        path = self.work / "bochs.log"
        return path.read_text(errors="replace") if path.exists() else ""

    @property
    def ended_cleanly(self):
        """Tells whether the guest switched the machine off. Bochs also ends with a panic and status
        1 then, as it does after a real panic, so the log has to tell the two apart."""
        panics = re.findall(r">>PANIC<< (.*)", self.log())
        return not self.running and panics == [SOFT_OFF]

    @property
    def ticks(self):
        """Returns the first CPU's clock at the last line of the log."""
        stamps = re.findall(r"^(\d{11,})[a-z]\[", self.log(), re.M)
        return int(stamps[-1]) if stamps else 0
