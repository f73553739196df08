# SPDX-License-Identifier: MIT
"""`make console`: joins the hypervisor's console of a machine that `make run` started.

Without a terminal it types what it reads, waits until the answers have ended, and ends too.
"""

import os
import select
import socket
import sys

from . import terminal

CHUNK = 65536
QUIET = 1.0  # seconds without output after the last line of a script: then all answers are complete


def connect(path):
    """Returns the socket of the running demonstration, or None."""
    line = socket.socket(socket.AF_UNIX)
    try:
        line.connect(os.path.relpath(path))
    except OSError:
        line.close()
        return None
    return line


def pump(line, keys):
    """Copies bytes both ways until one side ends, and returns a text that tells which one."""
    sources = [line, keys]
    while True:
        ready = select.select(sources, [], [], None if keys in sources else QUIET)[0]
        if line in ready:
            said = line.recv(CHUNK)
            if not said:
                return "the machine is off"
            terminal.show(said)
        if keys in ready:
            typed = os.read(keys, CHUNK)
            before, escape, _ = typed.partition(terminal.ESCAPE)
            line.sendall(before)
            if escape:
                return "left; the machine runs on"
            if not typed:
                sources.remove(keys)
        if not ready:
            return "the input has ended"


def main(path):
    """Returns the program's exit status."""
    line = connect(path)
    if not line:
        print("No demonstration is running: start one with `make run` in another terminal.",
              file=sys.stderr)
        return 1
    with line:
        if not terminal.is_terminal():
            ending = pump(line, sys.stdin.fileno())
        else:
            print("The hypervisor's console; `help` lists the commands, Ctrl-] leaves.",
                  flush=True)
            with terminal.raw() as keys:
                ending = pump(line, keys)
    print(f"\n({ending})")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
