# SPDX-License-Identifier: MIT
"""An operator: a machine with the test agent as its guest, a terminal program on its serial line,
and a terminal emulator that shows the screen."""

import re

import pexpect

from demo.bridge import Bridge
from machine.paths import MACHINES
from system.guest import Guest, agent_image

from .screen import Screen

PROMPT = "tessera> "
DRAWN = f"\x1b[K{PROMPT}"
SEQUENCE = re.compile(r"\x1b\[[0-9;]*[A-Za-z]|\r")
SOCKET = "console"
TIMEOUT = 60
TIME_FOR_SCENARIO = 120
INTERRUPT = "\x03"
QUIET = 0.5  # after this many seconds without a prompt, no more will come


class Operator:
    """One machine. The first use of it within a `with` block switches it on."""

    def __init__(self, name, settings, cpus):
        self._image = agent_image(MACHINES / f"console-{name}.img", settings)
        self.guest = Guest(self._image, cpus=cpus)
        self._bridge = self._line = self._screen = None

    def __enter__(self):
        self.guest.start()
        work = self.guest.machine.work
        self.port.expect(PROMPT, TIMEOUT)
        self._bridge = Bridge(self.port, work / SOCKET).__enter__()
        self._line = pexpect.spawn("socat", ["-,raw,echo=0", f"UNIX-CONNECT:{SOCKET}"],
                                   timeout=TIMEOUT, encoding="utf-8", codec_errors="replace",
                                   cwd=work, maxread=65536)
        self._line.delaybeforesend = None
        self.ask("")
        return self

    def __exit__(self, *_):
        if self._screen:
            self._screen.close()
        if self._line:
            self._line.close(force=True)
        if self._bridge:
            self._bridge.__exit__(None, None, None)
        self.guest.stop()
        self._image.unlink()

    @property
    def port(self):
        """Returns the serial port."""
        return self.guest.machine.com2

    @property
    def screen(self):
        """Returns a terminal emulator on the same line."""
        if not self._screen:
            self._screen = Screen(f"socat -,raw,echo=0 UNIX-CONNECT:{SOCKET}",
                                  self.guest.machine.work)
            self.ask("")
        return self._screen

    def type(self, text):
        """Sends keys without waiting for an answer."""
        self._line.send(text)

    def read_to_prompt(self, timeout=TIMEOUT):
        """Returns the text up to the next prompt."""
        self._line.expect_exact(DRAWN, timeout=timeout)
        return SEQUENCE.sub("", self._line.before)

    def ask(self, line, timeout=TIMEOUT):
        """Types a line and returns the answer."""
        line = line.format(block=hex(self.guest.block[0]))
        self.type(line + "\r")
        self._line.expect_exact(line + "\r\n", timeout=timeout)
        return self.read_to_prompt(timeout)

    def interrupt(self):
        """Types ^C, and reads up to the empty prompt after it."""
        self.type(INTERRUPT)
        self._line.expect_exact("^C\r\n", timeout=TIMEOUT)
        return self.read_to_prompt()

    def drop_what_came(self):
        """Discards everything up to a new prompt."""
        self.type("\r")
        while True:
            try:
                self._line.expect_exact(DRAWN, timeout=QUIET)
            except pexpect.TIMEOUT:
                return

    def guest_runs(self, name, *numbers):
        """Has the guest run a scenario. Returns its complaint, or None."""
        return self.guest.run(name, *self.guest.block, *numbers, timeout=TIME_FOR_SCENARIO)

    def guest_starts(self, name, *numbers):
        """Starts a scenario without waiting for its end: guest_stops() waits."""
        words = (name, *self.guest.block, *numbers)
        self.guest.machine.com1.send(" ".join(map(str, words)) + "\n")

    def guest_stops(self):
        """Ends a scenario that runs until something is typed. Returns its complaint, or None."""
        com1 = self.guest.machine.com1
        com1.send("\n")
        said = com1.expect(r"^(ok|FAIL) (\w.*?)\r", TIME_FOR_SCENARIO)
        com1.expect(r"^FAIL : no such scenario\r", TIME_FOR_SCENARIO)
        return None if said[1] == b"ok" else said[2].decode()
