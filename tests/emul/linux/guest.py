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
    """Builds programs that are missing or out of date."""
    made = ["guest", "linux-tests", "checked" if CHECKED else "all"]
    subprocess.run(["make", "--no-print-directory", "CHECKED=", *made], cwd=TOP, check=True)


def make_disk(folder):
    """Makes the disk image and returns its path."""
    initramfs = linux.make_initramfs((SOURCES / "init").read_text(), FILES)
    kernel = linux.make_kernel(folder / "linux.efi", initramfs)
    return make_image(folder / "disk.img", {
        "EFI/BOOT/BOOTX64.EFI": LOADER,
        "EFI/tessera/tessera.conf": f"next = \\{NEXT}\n".replace("/", "\\").encode(),
        NEXT: kernel,
    })


class Guest:
    """A running machine and its shell."""

    def __init__(self, machine, engine):
        self.machine = machine
        self.engine = engine
        self.shell = Shell(machine.com1)
        self.operator = Operator(machine.com2)

    def await_shell(self):
        """Waits until Linux is up."""
        self.machine.com1.expect(f"linux-tests: {self.machine.cpus} CPUs", BOOT)
        self.machine.com1.expect("guest# ", BOOT)

    def run(self, command, status=0):
        """Returns the output of a command line, which must end with that status."""
        ended, said = self.shell.run(command)
        assert ended == status, said
        return said

    def attack(self, step):
        """Runs a step of the attacking module and returns its output."""
        said = self.run(f"echo {step} >{STEP}")
        return re.findall(r"attack: (.*?)\s*$", said, re.M)

    def hold(self, address, length, action):
        """Guards kernel memory with a program in the background and returns its process number.
        events() reads the events that the program has received."""
        said = self.run(f"client hold {address:#x} {length} {action} >/tmp/held & "
                        "until grep held /tmp/held; do usleep 10000; done; echo pid=$!")
        return re.search(r"^pid=(\d+)", said, re.M)[1]

    def events(self, count):
        """Waits for so many events of `hold` and returns (rip, offset, action, cpl) of each."""
        said = self.run(f"until [ $(grep -c event /tmp/held) -ge {count} ]; do usleep 10000; done; "
                        "cat /tmp/held")
        rows = re.findall(r"event rip (0x[0-9a-f]+) offset (\d+) action (\d+) cpl (\d+)", said)
        return [(int(rip, 16), *map(int, rest)) for rip, *rest in rows]

    def let_go(self, process):
        """Kills the program that holds the guard, and waits until the guard is gone."""
        self.run(f"kill -9 {process}; until [ $(cat {NUMBERS}/guards) = 0 ]; do usleep 10000; done")

    def number(self, name):
        """Returns one of the driver's numbers."""
        return int(re.search(r"^(\d+)\r?$", self.run(f"cat {NUMBERS}/{name}"), re.M)[1])


def start(folder, engine, cpus=2):
    """Starts a machine that boots to the guest's shell; use it in a `with`."""
    return Bochs(make_disk(folder), cpus=cpus, model=MODELS[engine], snapshot=True)
