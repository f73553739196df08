# SPDX-License-Identifier: MIT
"""Bochs as a machine: the only emulator with VMX, EPT and SPP."""

import re
from pathlib import Path

from .emulator import Emulator
from .paths import BOCHS, BOCHS_ROOT, OVMF

# IA32_MISC_ENABLE as a processor has it. Bochs reads 0 there, which Linux takes for "no fast
# strings", and then it copies with a routine that the feature bits of this processor break.
MSRS = "0x1a0 0 00000000 00851889 00000000 00000000 00000000 00000000\n"

SOFT_OFF = "ACPI control: soft power off"

CONFIGURATION = """\
config_interface: textconfig
display_library: rfb, options="timeout=0"
megs: {memory}
cpu: model={model}, count={cpus}, ips={ips}, cpuid_freq=ips, {cpu_options}
romimage: file={firmware}, address=0xffe00000
vgaromimage: file={share}/VGABIOS-lgpl-latest
fw_cfg: enabled=1
pci: enabled=1, chipset=i440fx
vga: extension=none
ata0-master: type=disk, path={disk}, mode=flat
boot: disk
com1: enabled=1, mode=socket-client, dev=localhost:{com1}
com2: enabled=1, mode=socket-client, dev=localhost:{com2}
port_e9_hack: enabled=1
clock: sync=none, time0={time0}
panic: action=fatal
speaker: enabled=0
sound: waveoutdrv=dummy, waveindrv=dummy
log: bochs.log
"""


class Bochs(Emulator):
    """A PC with UEFI firmware that runs the disk image's \\EFI\\BOOT\\BOOTX64.EFI.

    The console of the firmware is COM1. The run is deterministic as long as nothing is typed and
    `time0` stays: one tick is one instruction of the first processor.
    """

    name = "bochs"

    # pylint: disable=too-many-arguments
    def __init__(self, image, *, cpus=1, model="tigerlake", memory=512, ips=20_000_000,
                 msrs=MSRS, exclude_features=(), firmware=OVMF, time0=1_000_000_000, extra="",
                 work=None):
        """`extra` holds lines for the end of the configuration; `msrs` is the text of Bochs' file
        of machine-specific registers, None for none."""
        super().__init__(work)
        self.image = Path(image)
        self.cpus = cpus
        self.model = model
        self.memory = memory
        self.ips = ips
        self.msrs = msrs
        self.firmware = firmware
        self.time0 = time0
        self.extra = extra
        # With three processors and more, those that sleep in MWAIT keep all others from running.
        self.exclude_features = {*exclude_features} | ({"mwait"} if cpus >= 3 else set())

    def prepare(self):
        disk = self.copy_disk(self.image)
        (self.work / "bochsrc").write_text(self.configuration(disk))
        if self.msrs:
            (self.work / "msrs").write_text(self.msrs)

    def command(self):
        return [BOCHS, "bochsrc"]

    def configuration(self, disk):
        """The text of Bochs' configuration file."""
        options = ["reset_on_triple_fault=0", "ignore_bad_msrs=1"]
        if self.msrs:
            options.append('msrs="msrs"')
        if self.exclude_features:
            options.append(f'exclude_features="{",".join(sorted(self.exclude_features))}"')
        return CONFIGURATION.format(
            memory=self.memory, model=self.model, cpus=self.cpus, ips=self.ips, disk=disk.name,
            cpu_options=", ".join(options), firmware=self.firmware, time0=self.time0,
            share=BOCHS_ROOT / "usr/share/bochs",
            com1=self.com1.number, com2=self.com2.number) + self.extra

    def log(self):
        """The emulator's own log: why a VM entry failed, each EPT and SPP exit, every panic."""
        path = self.work / "bochs.log"
        return path.read_text(errors="replace") if path.exists() else ""

    @property
    def ended_cleanly(self):
        """Whether the guest switched the machine off. Bochs ends the same way after a real panic,
        with a panic and status 1, so its log has to tell the two apart."""
        panics = re.findall(r">>PANIC<< (.*)", self.log())
        return not self.running and panics == [SOFT_OFF]

    @property
    def ticks(self):
        """The first processor's clock at the last line of the log."""
        stamps = re.findall(r"^(\d{11,})[a-z]\[", self.log(), re.M)
        return int(stamps[-1]) if stamps else 0
