# SPDX-License-Identifier: MIT
"""Checks the house rules that no other tool checks, over every file that git tracks.

    house.py                    check every rule; print one line per fault, exit 1 if there is one
    house.py --message FILE     check only the commit message in FILE
    house.py --stale            list entries of KNOWN and WORDS whose cause no longer exists

The rules are the tables below. Each check yields (file, line, text). tests/host/house shows that
each of them can fail.
"""

import itertools
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
COLUMNS, LINES, TAB = 100, 600, 8
CODE = {".c", ".h", ".asm", ".inc", ".py", ".mk", ".ld", ".lds", ".sh", ""}
NOT_CODE = {"LICENSE", "VERSION", ".gitignore"}
LEFT_BEHIND = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b")

# The headers that a room may include besides its own: rooms (a path prefix) or single headers. A
# file belongs to the longest prefix below that its path begins with. Files outside of all rooms may
# include anything.
ABI = "guest/include/tessera/"
LIB = ("hv/lib/", ABI)
X86 = LIB + ("hv/x86/",)
EPT = X86 + ("ept/",)
SPP = EPT + ("spp/",)
CORE = SPP + ("hv/core/",)
VMX = CORE + ("vmx/",)
CHECK = ("boot/cpu/check.h", "vmx/vmcs/requirements.h")
EDGES = {
    "hv/lib/": (ABI,),
    "hv/x86/": LIB,
    "ept/": X86,
    "spp/": EPT,
    "hv/core/": SPP,
    "vmx/": CORE,
    "hv/call/": VMX,
    "hv/console/": VMX,
    "hv/entry/": VMX + ("hv/call/", "hv/console/"),  # it starts all of them
    "boot/": X86 + CHECK,
    "guest/include/": (),
    "guest/linux/": (ABI,),
    "guest/lib/": (ABI,),
    # `tesseractl check` applies the loader's requirements and decodes CPUID and exit reasons.
    "guest/tools/": (ABI, "guest/lib/", "hv/lib/", "hv/x86/") + CHECK,
    "guest/doc/": (ABI, "guest/lib/", "guest/tools/"),
    "guest/examples/": (ABI,),
}

# Names that the code (not the comments) of a room may not use. The other side registers a table
# instead.
NAMES = (
    ("vmx/", r"\w*(?:console|shell_|freeze_|agent_ring|hypercall)\w*"),
)

# Faults against the two tables above that still exist, as "file: what it includes or names". The
# table is empty: cure a new fault instead of listing it.
KNOWN = """
"""

# Words and names that are no longer used, their replacement, and the path prefixes where they may
# still be used. Keep these lists empty: replace a word everywhere in one commit.
WORDS = (
    (r"shoot(?:s|ing)?[- ]downs?|shot down", "shootdown", ()),
    (r"\b(?:go|goes|going|gone|went) native", "devirtualize", ()),
    (r"\btake[ns]? (?:\w+ )?off\b|\btaking (?:\w+ )?off\b", "devirtualize, remove", ()),
    (r"\b(?:lend|lends|lent|lending)\b", "share", ()),
    (r"\bsettl(?:e|es|ed|ing)\b", "shootdown, or what it waits for", ()),
    (r"\b(?:machine|guest) stands\b|\bstands still\b", "the guest is frozen", ()),
    (r"\bloop guards?\b|\bguard pages?\b", "unmapped page", ()),
    (r"\bjudge?ments?\b", "verdict", ()),
    (r"\bpieces?\b", "region, or extent for a contiguous part", ()),
    (r"\bstretch(?:es)?\b", "region, or extent for a contiguous part", ()),
    (r"\bany more\b", "no longer", ()),
    (r"\b(?:is|are) (?-i:none)\b", "a sentence with 'no' or 'not'", ()),
    (r"\bof (?:ours|theirs)\b", "our, their", ()),
    (r"\bvm_(?:flush|settle)\b|\bflush_(?:here|owed|wanted)\b",
     "vm_shootdown, vm_finish_change, invalidate_here, shootdown_owed, shootdown.wanted",
     ()),
    (r"\bleave_(?:all|now|in_nmi|native|state)\b|\b(?:WORK|BOOT_CALL)_LEAVE\b",
     "devirtualize_all, devirtualize_now, enter_native, native_state, WORK_DEVIRTUALIZE",
     ()),
    (r"\bcarry_out\b|\bowner_admits\b", "a name that says what is done to what", ()),
)
# Files that may quote old words.
QUOTING = ("LICENSE", "CHANGELOG.md", "docs/glossary.md", "tests/house.py", "tests/host/house/",
           "guest/packaging/")

# Pairs of files in one folder whose names may be nearly the same.
HOMONYMS = ()
ENDINGS = ("s", "es", "ed", "er", "ing")

SUBJECT = re.compile(r"[a-z][\w./+-]*(?:, [a-z][\w./+-]*)*: \S")
SUBJECT_COLUMNS, BODY_COLUMNS = 72, 72


def lines_of(path):
    """Returns the lines of a file."""
    return path.read_text(errors="replace").splitlines()


def is_code(name):
    """Tells whether a file is source code, a makefile or a script."""
    return Path(name).suffix in CODE and Path(name).name not in NOT_CODE


def files(root, names):
    """Checks SPDX lines, the number of columns and lines, and notes about work left for later."""
    for name in filter(is_code, names):
        lines = lines_of(root / name)
        if not any("SPDX-License-Identifier: " in line for line in lines[:3]):
            yield name, 1, "no SPDX line"
        if len(lines) > LINES:
            yield name, len(lines), f"over {LINES} lines: split it by ideas"
        for number, line in enumerate(lines, 1):
            if len(line.expandtabs(TAB)) > COLUMNS:
                yield name, number, f"over {COLUMNS} columns"
            if LEFT_BEHIND.search(line):
                yield name, number, "a note about work left for later"


def includes(root, name, names):
    """Yields (line, tracked file) for each name in quotes that a C or NASM file includes."""
    for number, line in enumerate(lines_of(root / name), 1):
        match = re.match(r'\s*[#%]\s*include\s+"([^"]+)"', line)
        if match:
            places = (match[1], f"guest/include/{match[1]}", f"guest/{match[1]}",
                      str(Path(name).parent / match[1]))
            yield from ((number, place) for place in places if place in names)


def room_of(name):
    """Returns the room of EDGES that holds a file, or None for a file that may include anything."""
    return max((room for room in EDGES if name.startswith(room)), key=len, default=None)


def edges(root, names):
    """Yields includes that the table EDGES does not allow."""
    known = set(KNOWN.split("\n"))
    for name in names:
        room = room_of(name)
        if not room or Path(name).suffix not in {".c", ".h", ".asm", ".inc"}:
            continue
        for number, target in includes(root, name, names):
            allowed = target.startswith((room,) + EDGES[room])
            if not allowed and f"{name}: {target}" not in known:
                yield name, number, f"{room} may not include {target}: see EDGES in tests/house.py"


def cycles(root, names):
    """Yields headers that include themselves through other headers."""
    graph = {name: [target for _, target in includes(root, name, names)]
             for name in names if name.endswith((".h", ".inc"))}
    done = set()

    def walk(name, path):
        if name in path:
            yield name, 1, "includes itself: " + " -> ".join(path[path.index(name):] + [name])
        elif name not in done:
            for target in graph.get(name, ()):
                yield from walk(target, path + [name])
            done.add(name)

    for name in graph:
        yield from walk(name, [])


def code_lines(path):
    """Returns the numbered lines of a C or NASM file without comments and string contents."""
    text = re.sub(r"/\*.*?\*/", lambda m: "\n" * m[0].count("\n"), path.read_text(), flags=re.S)
    comment = re.compile(r";.*" if path.suffix in (".asm", ".inc") else r"//.*")
    return enumerate((comment.sub("", re.sub(r'"(?:\\.|[^"\\])*"', '""', line))
                      for line in text.splitlines()), 1)


def names_of_others(root, names):
    """Yields code that uses a name which its room may not use."""
    known = set(KNOWN.split("\n"))
    for room, pattern in NAMES:
        for name in names:
            if not name.startswith(room) or Path(name).suffix not in {".c", ".h", ".asm", ".inc"}:
                continue
            for number, line in code_lines(root / name):
                for word in re.findall(pattern, line):
                    if f"{name}: {word}" not in known and not line.lstrip().startswith("#inc"):
                        yield name, number, f"{room} may not use {word}: register a table instead"


def words(root, names):
    """Yields words that are no longer used."""
    for name in names:
        if name.startswith(QUOTING):
            continue
        unwanted = [(re.compile(pattern, re.I), instead) for pattern, instead, still in WORDS
                    if not name.startswith(still)]
        for number, line in enumerate(lines_of(root / name), 1):
            for pattern, instead in unwanted:
                match = pattern.search(line)
                if match:
                    yield name, number, f"'{match[0]}' is no longer used: write {instead}"


def nearly_the_same(one, other):
    """Tells whether two stems differ only in an ending (table, tables) or, if long, one letter."""
    short, long = sorted((one, other), key=len)
    if long.startswith(short) and long[len(short):].lstrip(short[-1]) in ENDINGS:
        return True
    if len(short) < 5 or len(long) - len(short) > 1 or short[0] != long[0]:
        return False
    same = next((i for i, (a, b) in enumerate(zip(short, long)) if a != b), len(short))
    return short[same + (len(short) == len(long)):] == long[same + 1:]


def homonyms(root, names):
    """Yields files in one folder that have nearly the same name."""
    del root
    folders = {}
    for name in filter(is_code, names):
        folders.setdefault(str(Path(name).parent), set()).add(Path(name).stem)
    for folder, stems in folders.items():
        for one, other in itertools.combinations(sorted(stems), 2):
            if nearly_the_same(one, other) and (folder, one, other) not in HOMONYMS:
                yield f"{folder}/{other}", 1, f"nearly the name of {folder}/{one}: rename one"


def targets(root, names):
    """Yields make targets without a line for `make help`, and lines of help without a target."""
    phony, told = {}, {}
    for name in names:
        if name != "Makefile" and not name.endswith(".mk"):
            continue
        for number, line in enumerate(lines_of(root / name), 1):
            for target in line.split()[1:] if line.startswith(".PHONY:") else ():
                phony[target] = name, number
            match = re.match(r"## ([a-z][\w.-]*)[^:]*: \S", line)
            if match:
                told[match[1]] = name, number
    for target in phony.keys() - told.keys():
        yield *phony[target], f"`make help` does not list {target}: add a line '## {target}: ...'"
    for target in told.keys() - phony.keys():
        yield *told[target], f"`make help` lists {target}, which is not a .PHONY target"


CHECKS = (files, edges, cycles, names_of_others, words, homonyms, targets)


def tracked(root):
    """Returns the names of all files that git tracks and that exist."""
    listing = subprocess.run(["git", "ls-files"], cwd=root, check=True, capture_output=True,
                             text=True).stdout.splitlines()
    return {name: None for name in listing if (root / name).is_file()}


def faults(root, names):
    """Yields the faults that all checks find."""
    for check in CHECKS:
        yield from check(root, names)


def stale(root, names):
    """Yields entries of KNOWN and WORDS whose fault or word no longer exists."""
    texts = {name: (root / name).read_text(errors="replace") for name in names}
    for fault in filter(None, KNOWN.split("\n")):
        name, what = fault.split(": ")
        if what not in texts.get(name, ""):
            yield f"KNOWN: {fault}"
    for pattern, _, still in WORDS:
        word = re.compile(pattern, re.I)
        for room in still:
            if not any(word.search(text) for name, text in texts.items() if name.startswith(room)):
                yield f"WORDS: {room} has no {pattern}"


def message_faults(text):
    """Yields the faults of a commit message."""
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    subject = lines[0] if lines else ""
    if not SUBJECT.match(subject):
        yield 1, "the subject is 'area: imperative'"
    if len(subject) > SUBJECT_COLUMNS:
        yield 1, f"the subject is over {SUBJECT_COLUMNS} columns"
    if len(lines) < 3 or lines[1] or not any(lines[2:]):
        yield 2, "after an empty line, a body says why and how it was tested"
    for number, line in enumerate(lines[1:], 2):
        if len(line) > BODY_COLUMNS and " " in line.strip():
            yield number, f"over {BODY_COLUMNS} columns"


def main(arguments):
    """Prints each fault with its file and line."""
    if arguments[:1] == ["--message"]:
        name = arguments[1]
        found = [(name, *fault) for fault in message_faults(Path(name).read_text())]
    elif arguments == ["--stale"]:
        gone = list(stale(ROOT, tracked(ROOT)))
        print(*gone, sep="\n")
        return 1 if gone else 0
    else:
        found = list(faults(ROOT, tracked(ROOT)))
    for name, line, text in found:
        print(f"{name}:{line}: {text}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
