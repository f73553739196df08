# SPDX-License-Identifier: MIT
"""Connects the user's terminal to the guest's shell."""

import os
import select

from machine.serial import Silence

from . import terminal
from .transcript import GLANCE, Transcript

KEYS = 4096
WELCOME = """
You are at the shell of the Linux guest, on its COM1. `demo` repeats the demonstration, `demo help`
names its steps; `tesseractl help` tells how to protect something else.
    make console    in another terminal: the hypervisor's console
    poweroff -f     or Ctrl-] here: the end
"""


def stay(machine):
    """Returns when the guest has switched the machine off, or after Ctrl-]."""
    print(WELCOME, flush=True)
    with Transcript(machine.com1) as transcript, terminal.raw() as keys:
        transcript.skip_to_tail(0)
        machine.com1.send("\r")
        while machine.running and not _escaped(machine, keys):
            terminal.show(transcript.news())
        terminal.show(transcript.news())
    print("\nThe machine is off." if not machine.running else "\nThe machine was stopped.")


def _escaped(machine, keys):
    """Passes typed bytes on to the guest. Returns true after Ctrl-]."""
    if not select.select([keys], [], [], GLANCE)[0]:
        return False
    typed = os.read(keys, KEYS)
    before, escape, _ = typed.partition(terminal.ESCAPE)
    try:
        machine.com1.send(before)
    except (OSError, Silence):
        return False  # the machine has just ended; the caller detects that
    return bool(escape) or not typed
