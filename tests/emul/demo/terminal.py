# SPDX-License-Identifier: MIT
"""A person's terminal: every key goes to the machine, and what it says to the screen."""

import contextlib
import os
import sys
import termios
import tty

ESCAPE = b"\x1d"  # Ctrl-]


def is_terminal():
    """Whether a person sits here."""
    return sys.stdin.isatty() and sys.stdout.isatty()


@contextlib.contextmanager
def raw():
    """The terminal as the machine's own: no echo, no line editing, no signals from keys."""
    descriptor = sys.stdin.fileno()
    saved = termios.tcgetattr(descriptor)
    try:
        tty.setraw(descriptor)
        yield descriptor
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, saved)


def show(data):
    """Writes all of it to the screen at once, past Python's own buffers."""
    while data:
        data = data[os.write(sys.stdout.fileno(), data):]
