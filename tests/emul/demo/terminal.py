# SPDX-License-Identifier: MIT
"""The user's terminal: every key goes to the machine, and the machine's output to the screen."""

import contextlib
import os
import sys
import termios
import tty

ESCAPE = b"\x1d"  # Ctrl-]


def is_terminal():
    """Tells whether standard input and output are a terminal."""
    return sys.stdin.isatty() and sys.stdout.isatty()


@contextlib.contextmanager
def raw():
    """Puts the terminal in the mode of the machine's own: no echo, no line editing, no signals from
    keys."""
    descriptor = sys.stdin.fileno()
    saved = termios.tcgetattr(descriptor)
    try:
        tty.setraw(descriptor)
        yield descriptor
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, saved)


def show(data):
    """Writes all of the data to the screen at once, without Python's own buffers."""
    while data:
        data = data[os.write(sys.stdout.fileno(), data):]
