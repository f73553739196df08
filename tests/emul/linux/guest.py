# SPDX-License-Identifier: MIT
"""The guest of these tests: the driver, the attacking module and the client, on a disk to boot."""

import re
import subprocess
from pathlib import Path

from demo.talk import Operator, Shell
from machine import linux
from machine.bochs import Bochs
from machine.image import make_image
from machine.paths import BUILD, CHECKED, LOADER, TOP

SOURCES = Path(__file__).resolve().parent
NEXT = "EFI/linux/linux.efi"
FILES = {
    "lib/tessera.ko": BUILD / "guest/linux/tessera.ko",
    "lib/tessera_attack.ko": BUILD / "linux-tests/module/tessera_attack.ko",
    "bin/client": BUILD / "linux-tests/client",
    "bin/tesseractl": BUILD / "guest/tesseractl",
}
MODELS = {"hardware": "tigerlake", "software": "corei7_skylake_x"}
BOOT = 300  # seconds for firmware and Linux, on a slow and busy machine
STEP = "/sys/module/tessera_attack/parameters/step"
NUMBERS = "/sys/class/misc/tessera"


def build():
    """Makes what is missing or old."""
    made = ["guest", "linux-tests", "checked" if CHECKED else "all"]
    subprocess.run(["make", "--no-print-directory", "CHECKED=", *made], cwd=TOP, check=True)


def make_disk(folder):
    """The disk image."""
    initramfs = linux.make_initramfs((SOURCES / "init").read_text(), FILES)
    kernel = linux.make_kernel(folder / "linux.efi", initramfs)
    return make_image(folder / "disk.img", {
        "EFI/BOOT/BOOTX64.EFI": LOADER,
        "EFI/tessera/tessera.conf": f"next = \\{NEXT}\n".replace("/", "\\").encode(),
        NEXT: kernel,
    })


class Guest:
    """A running machine, and who talks to it."""

    def __init__(self, machine, engine):
        self.machine = machine
        self.engine = engine
        self.shell = Shell(machine.com1)
        self.operator = Operator(machine.com2)

    def await_shell(self):
        """Waits until Linux is up."""
        self.machine.com1.expect(f"linux-tests: {self.machine.cpus} processors", BOOT)
        self.machine.com1.expect("guest# ", BOOT)

    def run(self, command, status=0):
        """What a command line says, which has to end with that status."""
        ended, said = self.shell.run(command)
        assert ended == status, said
        return said

    def attack(self, step):
        """Does a step of the attacking module; what it told."""
        said = self.run(f"echo {step} >{STEP}")
        return re.findall(r"attack: (.*?)\s*$", said, re.M)

    def hold(self, address, length, action):
        """Guards kernel memory by a program in the background; returns its process. What events
        it reads goes to /tmp/held."""
        said = self.run(f"client hold {address:#x} {length} {action} >/tmp/held & "
                        "until grep held /tmp/held; do usleep 10000; done; echo pid=$!")
        return re.search(r"^pid=(\d+)", said, re.M)[1]

    def events(self, count):
        """What `hold` has read, once it is so much: (rip, offset, action, cpl) of each event."""
        said = self.run(f"until [ $(grep -c event /tmp/held) -ge {count} ]; do usleep 10000; done; "
                        "cat /tmp/held")
        rows = re.findall(r"event rip (0x[0-9a-f]+) offset (\d+) action (\d+) cpl (\d+)", said)
        return [(int(rip, 16), *map(int, rest)) for rip, *rest in rows]

    def let_go(self, process):
        """Kills it; its guard goes with it."""
        self.run(f"kill -9 {process}; until [ $(cat {NUMBERS}/guards) = 0 ]; do usleep 10000; done")

    def number(self, name):
        """One of the driver's numbers."""
        return int(re.search(r"^(\d+)\r?$", self.run(f"cat {NUMBERS}/{name}"), re.M)[1])


def start(folder, engine, cpus=2):
    """A machine that is on its way to the guest's shell; use it in a `with`."""
    return Bochs(make_disk(folder), cpus=cpus, model=MODELS[engine], snapshot=True)
