# SPDX-License-Identifier: MIT
"""Recipes that boot something other than scenarios: Linux, and the loader where it cannot
succeed."""

from typing import NamedTuple

from machine import linux
from machine.bochs import Bochs
from machine.image import make_image
from machine.paths import MACHINES
from machine.qemu import Qemu
from machine.serial import Silence

from .guest import AGENT, LOADER

TIME_FOR_LINUX = 150
TIME_FOR_LOADER = 60
INIT = linux.MOUNTS + """echo "init: $(nproc) CPUs"
for round in $(seq ROUNDS); do
	for cpu in /sys/devices/system/cpu/cpu[1-9]; do
		echo 0 >$cpu/online && echo 1 >$cpu/online || echo "hotplug: $cpu failed"
	done
done
echo "hotplug: $(nproc) CPUs"
poweroff -f"""


class Transcript(NamedTuple):
    """The output of a machine on its two ports, and whether its guest switched it off."""

    com1: str
    com2: str
    off: bool


class LinuxRun(NamedTuple):
    """Boots Debian's kernel under Tessera. Its init takes each CPU but the first offline and online
    again, that many rounds, and switches the machine off."""

    cpus: int
    engine: str = "auto"
    rounds: int = 0
    sipi: str = "single"

    def run(self, _parts):
        """Yields a Transcript."""
        base = MACHINES / f"system-linux-{self.cpus}-{self.engine}-{self.sipi}"
        kernel = linux.make_kernel(base.with_suffix(".efi"), linux.make_initramfs(
            INIT.replace("ROUNDS", str(self.rounds))))
        config = f"next = \\EFI\\linux.efi\nengine = {self.engine}\nsipi = {self.sipi}\n"
        image = make_image(base.with_suffix(".img"), {
            "EFI/BOOT/BOOTX64.EFI": LOADER, "EFI/linux.efi": kernel,
            "EFI/tessera/tessera.conf": config.encode()})
        with Bochs(image, cpus=self.cpus, snapshot=True) as machine:
            try:
                machine.com1.expect("init: ", TIME_FOR_LINUX)
                machine.wait(120)
            except Silence:
                pass  # the transcript has the actual output
        image.unlink()
        kernel.unlink()
        yield None, Transcript(machine.com1.text, machine.com2.text, machine.ended_cleanly)


class LoaderRun(NamedTuple):
    """Boots the loader with a tessera.conf (None: without one), and with the agent as the only
    other program on the disk, until a text comes on COM1."""

    config: object
    until: str = "agent: ready"
    model: str = "tigerlake"
    without: tuple = ()
    emulator: str = "bochs"
    agent: str = "EFI/agent.efi"

    def run(self, _parts):
        """Yields a Transcript, in which `until` is missing if it did not come."""
        image = MACHINES / f"system-loader-{abs(hash(self)):x}.img"
        files = {"EFI/BOOT/BOOTX64.EFI": LOADER, self.agent: AGENT}
        if self.config is not None:
            files["EFI/tessera/tessera.conf"] = self.config.encode()
        make_image(image, files)
        with self._machine(image) as machine:
            try:
                machine.com1.expect(self.until, TIME_FOR_LOADER)
            except Silence:
                pass  # the transcript has the actual output
        image.unlink()
        yield None, Transcript(machine.com1.text, machine.com2.text, machine.ended_cleanly)

    def _machine(self, image):
        if self.emulator == "qemu":
            return Qemu(image)
        return Bochs(image, model=self.model, exclude_features=self.without, snapshot=True)
