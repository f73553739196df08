# SPDX-License-Identifier: MIT
"""A terminal emulator of 80 by 24 characters: tmux translates keys into the bytes that a terminal
sends, and received bytes into a screen."""

import itertools
import os
import re
import subprocess
import time

COLUMNS, ROWS = 80, 24
GLANCE = 0.05
TIMEOUT = 30
_numbers = itertools.count()


class Screen:
    """One terminal that runs one program, started in a folder."""

    def __init__(self, command, folder):
        self._server = ["tmux", "-L", f"tessera-{os.getpid()}-{next(_numbers)}", "-f", "/dev/null"]
        self._tmux("new-session", "-d", "-x", str(COLUMNS), "-y", str(ROWS),
                   "-c", str(folder), command)
        self._tmux("set-option", "-g", "status", "off")
        self._tmux("resize-window", "-x", str(COLUMNS), "-y", str(ROWS))

    def close(self):
        """Closes the terminal."""
        self._tmux("kill-server", check=False)

    def _tmux(self, *words, check=True):
        done = subprocess.run([*self._server, *words], check=False, capture_output=True, text=True)
        assert not (check and done.returncode), f"tmux {words[0]}: {done.stderr}"
        return done.stdout

    def type(self, *keys):
        """Types text. A word in angle brackets is a key in tmux's notation: <Home>, <C-Left>."""
        for key in keys:
            name = re.fullmatch(r"<([\w-]+)>", key)
            self._tmux("send-keys", *([name[1]] if name else ["-l", key]))

    def rows(self):
        """Returns the screen row by row, without trailing blanks."""
        text = self._tmux("capture-pane", "-p").split("\n")[:ROWS]
        return [row.rstrip() for row in text]

    def last(self):
        """Returns the last row that is not empty."""
        return next((row for row in reversed(self.rows()) if row), "")

    def cursor(self):
        """Returns the cursor's column and row, from 0."""
        column, row = self._tmux("display-message", "-p", "#{cursor_x} #{cursor_y}").split()
        return int(column), int(row)

    def wait(self, true, what, timeout=TIMEOUT):
        """Waits until true(rows), and returns the rows."""
        deadline = time.monotonic() + timeout
        while not true(rows := self.rows()):
            shown = "\n".join(rows)
            assert time.monotonic() < deadline, f"the screen never showed {what}:\n{shown}"
            time.sleep(GLANCE)
        return rows

    def wait_for(self, pattern, timeout=TIMEOUT):
        """Waits until a regular expression matches the screen, and returns the rows."""
        wanted = re.compile(pattern, re.M)
        return self.wait(lambda rows: wanted.search("\n".join(rows)), pattern, timeout)

    def wait_for_last(self, text, timeout=TIMEOUT):
        """Waits until this is the last row, and returns the rows."""
        return self.wait(lambda rows: next((r for r in reversed(rows) if r), "") == text.rstrip(),
                         f"{text!r} as its last row", timeout)
