# SPDX-License-Identifier: MIT
"""Replaces the flash chip that Bochs lacks, so that the firmware's variables outlive a reset.

Without flash, OVMF keeps its variables in memory, and at each reset it starts with the variables in
its own file. Bochs reads that file again at each reset. Before a reset, this module therefore
copies the variables from memory into a copy of the file.
"""

import re
import shutil
from pathlib import Path

HEAD = 44  # the head of the volume with the variables, up to its signature "_FVH"
STORE = 0xe000  # size of the part that holds the variables and their headers

CHUNK = 16 << 20
OVERLAP = 64


class Flash:
    """A copy of the firmware's file in a machine's folder."""

    def __init__(self, firmware, folder):
        self.path = Path(folder) / "firmware.img"
        shutil.copy(firmware, self.path)

    def keep(self, process):
        """Copies the current variables of the machine with that process number into the file."""
        with open(self.path, "r+b") as file:
            now = _volume_in_memory(process, file.read(HEAD))
            file.seek(0)
            file.write(now)


def _volume_in_memory(process, head):
    """Returns the first volume with that head in the largest memory range of a process. In that
    range the machine's memory comes before its ROM."""
    with open(f"/proc/{process}/maps", encoding="ascii") as maps:
        ranges = [[int(end, 16) for end in re.match(r"(\w+)-(\w+) rw", line).groups()]
                  for line in maps if re.match(r"\w+-\w+ rw", line)]
    start, end = max(ranges, key=lambda part: part[1] - part[0])
    with open(f"/proc/{process}/mem", "rb", buffering=0) as memory:
        for at in range(start, end, CHUNK):
            memory.seek(at)
            place = memory.read(min(CHUNK + OVERLAP, end - at)).find(head)
            if place >= 0:
                memory.seek(at + place)
                return memory.read(STORE)
    raise LookupError("the firmware's variables are not in the machine's memory")

