# SPDX-License-Identifier: MIT
"""`make run`: boots Linux under Tessera and shows one protected tile from both sides.

With a terminal it leaves its user at the guest's shell; without one it switches the guest off.
Exit status 0 means that every step held.
"""

import argparse
import sys
from pathlib import Path

from machine.paths import BUILD, TOP

from . import console, shell, terminal
from .bridge import Bridge
from .guest import Parts, make_disk
from .machines import EMULATORS
from .steps import Steps


def parser():
    """Returns the parser of the command line that demo.mk composes."""
    words = argparse.ArgumentParser(description="Boot Linux under Tessera.")
    words.add_argument("--emulator", choices=EMULATORS, default="bochs")
    words.add_argument("--cpus", type=int, default=2)
    words.add_argument("--model", default="tigerlake", help="of Bochs' CPU")
    words.add_argument("--folder", type=Path, default=BUILD / "run")
    words.add_argument("--loader", type=Path, default=Parts.loader)
    words.add_argument("--modules", type=Path, default=Parts.modules)
    return words


def show(options, steps, person):
    """Runs all steps, and returns whether all held."""
    folder = options.folder
    disk = make_disk(folder, Parts(options.loader, options.modules))
    machine, story = EMULATORS[options.emulator](disk, folder, options, steps.say)
    try:
        with Bridge(machine.com2, folder / "console"):
            steps.run(story.steps if person else [*story.steps, story.power_off])
            good = steps.summarize()
            if person:
                shell.stay(machine)
    finally:
        machine.stop()
    return good


def _name(path):
    """Returns the path relative to the top of the tree."""
    return path.relative_to(TOP) if path.is_relative_to(TOP) else path


def main():
    """Returns the program's exit status."""
    options = parser().parse_args()
    options.folder = options.folder.resolve()
    options.folder.mkdir(parents=True, exist_ok=True)
    if console.connect(options.folder / "console"):
        print("Another `make run` is under way: end it first, or join it with `make console`.",
              file=sys.stderr)
        return 2
    steps = Steps()
    try:
        good = show(options, steps, terminal.is_terminal())
    except KeyboardInterrupt:
        steps.say("interrupted")
        return 130
    steps.say(f"transcripts: {_name(options.folder)}/machine/com1.txt (guest), com2.txt (Tessera)")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
