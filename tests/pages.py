# SPDX-License-Identifier: MIT
"""Checks the pages (*.md) against the tree: their links lead somewhere, the files that they name
exist, docs/hardware.md has every requirement, and each function that docs/architecture.md names
beside a file is in that file. The walks of that page must not exceed their limits."""

import re
import subprocess
import sys
from pathlib import Path

LINK = re.compile(r"\]\(([^)#\s]+)")
PATH = re.compile(r"`((?:boot|hv|vmx|ept|spp|guest|tests|docs)/[\w./-]*)`")
FENCED = re.compile(r"^```.*?^```", re.S | re.M)
ARCHITECTURE = Path("docs/architecture.md")
HARDWARE = Path("docs/hardware.md")
REQUIREMENTS = Path("vmx/vmcs/requirements.h")
REQUIREMENT = re.compile(r'NEED_\w+, +\\\n\t  "([^"]+)"')
ROW = re.compile(r"^\| *(\d*) \| ([^|]*?) *\| `([^`]+)` \| ([^|]*) \|", re.M)
DRAWN_FILE = re.compile(r"(?<![\w/])(?:boot|hv|vmx|ept|spp)/[\w/]+\.(?:c|h|asm)\b")
DRAWN = re.compile(r"((?:boot|hv|vmx|ept|spp)/[\w/]+\.(?:c|asm))\s+(\w[\w, ]*?)(?:\s{2,}|$)", re.M)

# For the walk whose heading contains this word: the maximum number of files, and of entries in its
# second column. A walk through five rooms that ends in the room where it began changes the room
# four times.
LIMITS = {"write": (10, 5), "PROTECT": (18, 4)}


def faults_of_page(path):
    """Yields links and paths whose target does not exist."""
    text = path.read_text()
    for link in LINK.findall(FENCED.sub("", text)):
        if "://" not in link and not (path.parent / link).exists():
            yield f"{path}: the target of the link {link} does not exist"
    for name in PATH.findall(text):
        if not Path(name).exists():
            yield f"{path}: {name} does not exist"


def faults_of_requirements():
    """Yields requirements that docs/hardware.md does not name."""
    names = REQUIREMENT.findall(REQUIREMENTS.read_text())
    text = " ".join(HARDWARE.read_text().split())
    if len(names) < 20:
        yield f"{REQUIREMENTS}: the table has a new form: adapt REQUIREMENT in tests/pages.py"
    for name in names:
        if name not in text:
            yield f"{HARDWARE}: {name} is missing"


def has(file, function):
    """Tells whether the file contains that word."""
    return Path(file).is_file() and re.search(rf"\b{function}\b", Path(file).read_text())


def faults_of_walks(text):
    """Yields functions that are not in the file named beside them, and walks that are too long."""
    named = [(file, re.findall(r"`(\w+)`", names)) for _, _, file, names in ROW.findall(text)]
    named += [(file, re.findall(r"\w+_\w+", functions)) for file, functions in DRAWN.findall(text)]
    for file in DRAWN_FILE.findall(text):
        if not Path(file).exists():
            yield f"{ARCHITECTURE}: {file} does not exist"
    for file, functions in named:
        for function in functions:
            if not has(file, function):
                yield f"{ARCHITECTURE}: {file} has no {function}"
    for section in text.split("\n## ")[1:]:
        for word, (files, entries) in LIMITS.items():
            if word not in section.splitlines()[0]:
                continue
            rows = ROW.findall(section)
            if len({row[2] for row in rows if row[0]}) > files:
                yield f"{ARCHITECTURE}: the walk of a {word} has more than {files} files"
            if len([row for row in rows if row[1]]) > entries:
                yield f"{ARCHITECTURE}: the walk of a {word} has too many rooms or nouns"


def main():
    """Prints each fault."""
    listing = subprocess.check_output(["git", "ls-files", "*.md"], text=True)
    found = [fault for name in listing.split() for fault in faults_of_page(Path(name))]
    found += faults_of_requirements()
    found += faults_of_walks(ARCHITECTURE.read_text())
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
