# SPDX-License-Identifier: MIT
"""The rules of the house that no other tool checks, over every file that git tracks."""

import re
import subprocess
import sys
from pathlib import Path

COLUMNS, LINES, TAB = 100, 600, 8
CODE = {".c", ".h", ".asm", ".inc", ".py", ".mk", ".ld", ".lds", ".sh", ""}
NOT_CODE = {"LICENSE", ".gitignore"}
LEFT_BEHIND = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b")


def faults(path):
    """What is wrong with one file."""
    lines = path.read_text(errors="replace").splitlines()
    if not any("SPDX-License-Identifier: " in line for line in lines[:3]):
        yield 1, "no SPDX line"
    if len(lines) > LINES:
        yield len(lines), f"over {LINES} lines: split it by ideas"
    for number, line in enumerate(lines, 1):
        if len(line.expandtabs(TAB)) > COLUMNS:
            yield number, f"over {COLUMNS} columns"
        if LEFT_BEHIND.search(line):
            yield number, "something was left for later"


def main():
    """Names each fault by file and line."""
    listing = subprocess.run(["git", "ls-files"], check=True, capture_output=True, text=True)
    found = 0
    for name in listing.stdout.splitlines():
        path = Path(name)
        if path.suffix not in CODE or path.name in NOT_CODE or not path.is_file():
            continue
        for line, fault in faults(path):
            print(f"{name}:{line}: {fault}")
            found += 1
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
