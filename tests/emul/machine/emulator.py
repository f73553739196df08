# SPDX-License-Identifier: MIT
"""The common parts of all emulators: a folder of their own, two serial ports and a process."""

import os
import re
import signal
import subprocess
import tempfile
from pathlib import Path

from .paths import MACHINES
from .serial import Port

# A checked build (CHECKED=1) prints this on port 0xE9 when a CPU would refuse its VM entry, with
# the fields that the violated rule reads. The test fails then, whatever else it expects.
REFUSED = re.compile(r"VM entry would be refused: .*(\n  .*)*")


class EntryRefused(AssertionError):
    """A checked build found a VMCS that a CPU would refuse."""


def bound(command):
    """Returns a command line with which the kernel kills the command when the calling thread ends.

    The thread may end before the kernel has been told. The shell then finds that its parent is not
    this process, and does not start the command.
    """
    return ["setpriv", "--pdeathsig", "KILL", "sh", "-c", '[ "$PPID" = "$0" ] && exec "$@"',
            str(os.getpid()), *map(str, command)]


class Emulator:
    """A machine under test. `with` starts it and makes sure that it is gone afterwards."""

    name = "emulator"

    def __init__(self, work=None):
        """`work` is a folder for the machine's files, by default a new one under build/machines.

        The folder stays, so that transcripts and logs can be read. The copy of the disk in it is
        deleted.
        """
        MACHINES.mkdir(parents=True, exist_ok=True)
        self.work = Path(work or tempfile.mkdtemp(prefix=f"{self.name}-", dir=MACHINES)).resolve()
        self.work.mkdir(parents=True, exist_ok=True)
        self.status = None
        self.com1 = None
        self.com2 = None
        self.ports = []
        self._process = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def prepare(self):
        """Writes the files that the emulator needs."""
        raise NotImplementedError

    def command(self):
        """Returns the command line that starts the emulator."""
        raise NotImplementedError

    def environment(self):
        """Returns the environment of the emulator."""
        return dict(os.environ)

    def start(self):
        """Switches the machine on."""
        self.com1 = Port("com1", self.work / "com1.txt")
        self.com2 = Port("com2", self.work / "com2.txt")
        self.ports = [self.com1, self.com2]
        self.prepare()
        command = bound(self.command())
        with open(self.work / "output.txt", "wb") as output:
            self._process = subprocess.Popen(
                command, cwd=self.work, env=self.environment(), stdin=subprocess.DEVNULL,
                stdout=output, stderr=subprocess.STDOUT, start_new_session=True)
        return self

    def wait(self, timeout):
        """Waits until the machine is off and returns the emulator's exit status."""
        self.status = self._process.wait(timeout)
        self._tidy()
        return self.status

    def stop(self):
        """Kills the emulator. Does nothing if the machine is off already."""
        if self._process and self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._tidy()

    @property
    def running(self):
        """Tells whether the emulator's process runs."""
        return self._process is not None and self._process.poll() is None

    @property
    def output(self):
        """Returns the emulator's own output, including the guest's port 0xE9 where the emulator has
        one."""
        return (self.work / "output.txt").read_text(errors="replace")

    @property
    def ended_cleanly(self):
        """Tells whether the guest itself switched the machine off."""
        raise NotImplementedError

    def copy_disk(self, image):
        """Copies a disk image for this run alone, so that no run can change the disk of the next
        one."""
        copy = self.work / "disk.img"
        subprocess.run(["cp", "--sparse=always", str(image), str(copy)], check=True)
        return copy

    def _tidy(self):
        for port in self.ports:
            port.close()
        for leftover in self.work.glob("*.img*"):
            leftover.unlink()
        refused = REFUSED.search(self.output) if self._process else None
        if refused:
            raise EntryRefused(f"{self.work}: {refused[0]}")
