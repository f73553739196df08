# SPDX-License-Identifier: MIT
"""Stands in for the flash chip that Bochs lacks: the firmware's variables outlive a reset.

OVMF without flash keeps its variables in memory, and at each reset begins with those that stand in
its own file. Bochs reads that file anew at each reset. So what is in memory before a reset is put
into a copy of the file, as a flash chip would hold it by then.
"""

import re
import shutil
from pathlib import Path

HEAD = 44  # bytes that tell the volume with the variables, its mark "_FVH" the last of them
STORE = 0xe000  # bytes of it that hold variables and what describes them

CHUNK = 16 << 20
OVERLAP = 64


class Flash:
    """A copy of the firmware's file in a machine's folder."""

    def __init__(self, firmware, folder):
        self.path = Path(folder) / "firmware.img"
        shutil.copy(firmware, self.path)

    def keep(self, process):
        """Takes over the variables that the machine, a process number, has now."""
        with open(self.path, "r+b") as file:
            now = _volume_in_memory(process, file.read(HEAD))
            file.seek(0)
            file.write(now)


def _volume_in_memory(process, head):
    """The first volume with that head in the largest range of a process' memory: the machine's
    memory comes before its ROM there."""
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

