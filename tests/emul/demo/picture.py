# SPDX-License-Identifier: MIT
"""Records README.md's transcript with the console's mosaic, and docs/heat.svg as drawn by
`tesseractl heat` in the guest, in one run on the emulator.

    python3 -m demo.picture      from tests/emul/, as `make docs-pictures` does
"""

import re
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from machine.bochs import Bochs
from machine.paths import TOP

from .demonstration import BOOT
from .guest import Parts, make_disk
from .talk import ANSWER, Operator, Shell

PAGE = TOP / "README.md"
PICTURE = TOP / "docs/heat.svg"
BEGIN = "<!-- transcript: recorded by `make docs-pictures` from tests/emul/demo/picture.py -->\n"
END = "<!-- end of transcript -->\n"

GUARDS = ("--symbol sys_call_table --name syscalls",
          "--symbol modprobe_path --action discard --name modprobe")
WRITE = "echo /tmp/evil > /proc/sys/kernel/modprobe; cat /proc/sys/kernel/modprobe"
BUSY = "while :; do ls -l /proc/self /bin; sleep 0.05; done >/dev/null 2>&1"
HEAT = "heat --symbol _sdata --len 40K --for 10 --out /tmp/heat.svg"
WAIT = 3 * ANSWER  # each audited write costs an exit


def said_by(guest, command):
    """Returns the output of a command without its echo, which wraps at the screen's width."""
    status, text = guest.run(f"{command} >/tmp/said 2>&1", WAIT)
    assert status == 0, text
    text = guest.run("echo said:; cat /tmp/said", WAIT)[1].replace("\r", "")
    return re.search(r"^said:\n(.*)^status=", text, re.S | re.M)[1]


def record(guest, operator):
    """Yields the lines of the transcript."""
    for guard in GUARDS:
        yield f"guest# tesseractl protect {guard}\n"
        yield said_by(guest, f"tesseractl protect {guard}")
    yield f"guest# {WRITE}\n"
    yield said_by(guest, f"({WRITE})")
    place = re.match("0x[0-9a-f]+", operator.ask("regions | match syscalls")[0])[0]
    for question in ("regions", f"spp {place}", "rules | match modprobe"):
        yield f"tessera> {question}\n"
        yield "".join(f"{line.rstrip()}\n" for line in operator.ask(question))


def main():
    """Boots, types commands at both consoles, and writes their output into the pages."""
    with TemporaryDirectory() as folder:
        disk = make_disk(Path(folder), Parts())
        with Bochs(disk, model="tigerlake") as machine:
            guest, operator = Shell(machine.com1), Operator(machine.com2)
            operator.greet(BOOT)
            machine.com1.expect("guest# ", BOOT)
            transcript = "".join(record(guest, operator))
            guest.run(f"({BUSY}) & true")
            said_by(guest, f"tesseractl {HEAT}")
            picture = said_by(guest, "cat /tmp/heat.svg")
    page = PAGE.read_text()
    old = page[page.index(BEGIN):page.index(END)]
    PAGE.write_text(page.replace(old, f"{BEGIN}\n```\n{transcript}```\n\n"))
    PICTURE.write_text(picture)


if __name__ == "__main__":
    sys.exit(main())
