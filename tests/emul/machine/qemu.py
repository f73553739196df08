# SPDX-License-Identifier: MIT
"""Runs QEMU as a machine: it has no VMX, but Secure Boot, USB sticks and other devices."""

import shutil
from pathlib import Path

from .emulator import Emulator
from .paths import OVMF_DIRECTORY
from .serial import Port

DISKS = {
    "ide": ["-device", "ide-hd,drive=disk,bootindex=0"],
    "usb": ["-device", "qemu-xhci", "-device", "usb-storage,drive=disk,removable=on,bootindex=0"],
}


class Qemu(Emulator):
    """Has the same interface as Bochs. `disk` is "ide" or "usb". `secure_boot` takes firmware that
    starts only programs that secureboot.sign() has signed."""

    name = "qemu"

    # pylint: disable=too-many-arguments
    def __init__(self, image, *, cpus=1, model="max", memory=512, disk="ide", secure_boot=False,
                 accelerator="tcg", screen=False, extra=(), work=None):
        """`extra` holds further arguments for the emulator. With a `screen` there are no serial
        ports."""
        super().__init__(work)
        self.image = Path(image)
        self.cpus = cpus
        self.model = model
        self.memory = memory
        self.disk = disk
        self.secure_boot = secure_boot
        self.accelerator = accelerator
        self.screen = screen
        self.extra = extra
        self._monitor = None

    def prepare(self):
        self.copy_disk(self.image)
        variables = "OVMF_VARS_4M.snakeoil.fd" if self.secure_boot else "OVMF_VARS_4M.fd"
        shutil.copy(OVMF_DIRECTORY / variables, self.work / "variables.img")
        self._monitor = Port("monitor", self.work / "monitor.txt")
        self.ports.append(self._monitor)

    def start(self):
        super().start()
        self._monitor.expect("QMP", 20)
        self._monitor.send('{"execute": "qmp_capabilities"}\n')
        # The guest must not run before now, or the event of a short run would be missed.
        self._monitor.expect("return", 20)
        self._monitor.send('{"execute": "cont"}\n')
        return self

    def command(self):
        code = "OVMF_CODE_4M.secboot.fd" if self.secure_boot else "OVMF_CODE_4M.fd"
        return [
            "qemu-system-x86_64", "-nodefaults", "-display", "none", "-no-reboot", "-S",
            "-machine", f"q35,smm={'on' if self.secure_boot else 'off'}",
            "-accel", self.accelerator, "-cpu", self.model,
            "-smp", str(self.cpus), "-m", str(self.memory),
            "-drive", f"if=pflash,unit=0,format=raw,readonly=on,file={OVMF_DIRECTORY / code}",
            "-drive", "if=pflash,unit=1,format=raw,file=variables.img",
            "-drive", "if=none,id=disk,format=raw,file=disk.img", *DISKS[self.disk],
            *self._console(), "-qmp", f"tcp:127.0.0.1:{self._monitor.number}", *self.extra,
        ]

    def _console(self):
        if self.screen:
            return ["-vga", "std", "-serial", "none"]
        ports = (self.com1, self.com2)
        return [word for port in ports for word in ("-serial", f"tcp:127.0.0.1:{port.number}")]

    def picture(self):
        """Returns the screen as a PPM picture."""
        self._monitor.send('{"execute": "screendump", "id": "picture", '
                           '"arguments": {"filename": "screen.ppm"}}\n')
        self._monitor.expect('"id": "picture"', 20)
        return (self.work / "screen.ppm").read_bytes()

    @property
    def ended_cleanly(self):
        """Tells whether the guest switched the machine off, instead of resetting it."""
        return not self.running and '"reason": "guest-shutdown"' in self._monitor.text
