# SPDX-License-Identifier: MIT
"""Runs the session of docs/console.md on the emulator and writes it into the page.

    python3 -m console.session      from tests/emul/, as `make docs-console` does
"""

import re
import sys

from machine.paths import TOP

from .operator import PROMPT, Operator

PAGE = TOP / "docs/console.md"
BEGIN = "<!-- session: recorded by `make docs-console` from tests/emul/console/session.py -->\n"
END = "<!-- end of session -->\n"
SETTINGS = "log = error\n"
GUEST = "guest: "
FENCE = "```\n"

# Headings, lines to type, and scenarios that the guest runs in between.
SCRIPT = (
    "# What runs here",
    "version", "cpus", "ept map",
    "# A table gets a guard, and the guest writes where it must not",
    "protect 0x100040+0x80 deny idt", "protect 0x100400..0x100600 audit watched", "spp 0x100000",
    GUEST + "each_denial_is_counted_once 3",
    "events | match denied", "rules",
    "# Looking around while it is frozen",
    "freeze", "regs 0 | match RIP", "step 0 | match frozen", "mem 0x100040 32", "go",
    "# Final",
    "seal idt", "unprotect idt", "unseal idt",
    "# Mistakes",
    "protct 1M+16", "protect 1M 16",
)


def play(operator):
    """Yields the script's headings, and each line with its answer."""
    for line in SCRIPT:
        if line.startswith("# "):
            yield line[2:], None
        elif line.startswith(GUEST):
            name, *numbers = line.removeprefix(GUEST).split()
            assert operator.guest_runs(name, *numbers) is None
        else:
            yield line, operator.ask(line)


def text_of(played):
    """Returns a session in the form of the page."""
    text, open_block = "", False
    for line, answer in played:
        if answer is None:
            text += f"{FENCE if open_block else ''}\n### {line}\n\n{FENCE}"
            open_block = True
        else:
            text += f"{PROMPT}{line}\n{answer}"
    return f"{BEGIN}{text}{FENCE}\n{END}"


def shape(text):
    """Returns the part of a session that is the same in all runs: without numbers and without the
    blanks that align columns."""
    text = re.sub(r"0x[0-9a-f]+|\b[0-9a-f]{12,16}\b|\d+", "N", text)
    return re.sub(r" +", " ", text)


def recorded():
    """Returns the session in the page."""
    page = PAGE.read_text()
    return page[page.index(BEGIN):page.index(END) + len(END)]


def main():
    """Records the session again if its shape has changed. Other numbers alone do not change the
    page."""
    with Operator("session", SETTINGS, 1) as operator:
        now = text_of(play(operator))
    old = recorded()
    if shape(old) != shape(now):
        PAGE.write_text(PAGE.read_text().replace(old, now))


if __name__ == "__main__":
    sys.exit(main())
