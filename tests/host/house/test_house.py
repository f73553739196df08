# SPDX-License-Identifier: MIT
"""Tests of tests/house.py: each rule reports a fault in a bad tree and nothing in a good one."""

import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TESTS))

import house  # pylint: disable=wrong-import-position

SPDX = "// SPDX-License-Identifier: MIT\n"


@pytest.fixture(name="found")
def _found(tmp_path):
    """Returns a function that writes the files of a tree and returns the faults of all checks."""
    def run(tree):
        for name, text in tree.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text)
        return [f"{name}:{line}: {text}" for name, line, text in house.faults(tmp_path, tree)]
    return run


GOOD = {
    "hv/lib/string.h": SPDX,
    "hv/x86/msr.h": SPDX + '#include "hv/lib/string.h"\n',
    "hv/core/vm.h": SPDX + '#include "hv/x86/msr.h"\n',
    "boot/cpu/probe.c": SPDX + '#include "vmx/vmcs/requirements.h"\n',
    "vmx/vmcs/requirements.h": SPDX,
    "vmx/exit/io.c": SPDX + '#include "hv/core/vm.h"\n// the console comes later\n'
                     'const char *text = "console";\n',
    "hv/console/uart.c": SPDX + '#include "vmx/vmcs/controls.h"\n',
    "vmx/vmcs/controls.h": SPDX,
    "guest/lib/device.c": SPDX + '#include "tessera/hypercall.h"\n#include "lib/tessera.h"\n',
    "guest/include/tessera/hypercall.h": SPDX,
    "guest/lib/tessera.h": SPDX,
    "Makefile": "# SPDX-License-Identifier: MIT\n## all: everything\n.PHONY: all\nall:\n",
}


def test_a_good_tree_has_no_fault(found):
    assert not found(GOOD)


@pytest.mark.parametrize("tree, fault", [
    ({"hv/lib/a.c": "int a;\n"}, "hv/lib/a.c:1: no SPDX line"),
    ({"hv/lib/a.c": SPDX + "//" + "x" * 99}, "hv/lib/a.c:2: over 100 columns"),
    ({"hv/lib/a.c": SPDX + "\t" * 13}, "hv/lib/a.c:2: over 100 columns"),
    ({"hv/lib/a.c": SPDX + "\n" * 600}, "hv/lib/a.c:601: over 600 lines"),
    ({"hv/lib/a.c": SPDX + "// TO" + "DO\n"}, "hv/lib/a.c:2: a note about work left"),
    ({"hv/lib/a.c": SPDX + '#include "hv/x86/msr.h"\n'}, "hv/lib/a.c:2: hv/lib/ may not include"),
    ({"hv/core/a.c": SPDX + '#include "vmx/vmcs/controls.h"\n'}, "hv/core/ may not include"),
    ({"ept/a.c": SPDX + '#include "hv/core/vm.h"\n'}, "ept/ may not include hv/core/vm.h"),
    ({"spp/a.c": SPDX + '#include "vmx/vmcs/controls.h"\n'}, "spp/ may not include"),
    ({"vmx/a.c": SPDX + '#include "hv/console/a.h"\n', "hv/console/a.h": SPDX},
     "vmx/a.c:2: vmx/ may not include hv/console/a.h"),
    ({"vmx/a.asm": '; SPDX-License-Identifier: MIT\n%include "hv/call/a.inc"\n',
      "hv/call/a.inc": "; SPDX-License-Identifier: MIT\n"}, "vmx/ may not include hv/call/a.inc"),
    ({"boot/a.c": SPDX + '#include "hv/core/vm.h"\n'}, "boot/ may not include hv/core/vm.h"),
    ({"guest/linux/a.c": SPDX + '#include "hv/x86/msr.h"\n'}, "guest/linux/ may not include"),
    ({"vmx/a.c": SPDX + "int f(void) { return freeze_wait(); }\n"},
     "vmx/a.c:2: vmx/ may not use freeze_wait"),
    ({"vmx/a.asm": "; SPDX-License-Identifier: MIT\ncall hypercall_dispatch\n"},
     "vmx/ may not use hypercall_dispatch"),
    ({"hv/lib/a.h": SPDX + '#include "hv/lib/b.h"\n',
      "hv/lib/b.h": SPDX + '#include "a.h"\n'}, "includes itself"),
    ({"docs/new.md": "A shoot-down\n"}, "docs/new.md:1: 'shoot-down' is no longer used"),
    ({"boot/new/a.c": SPDX + "// the CPU goes native\n"}, "write devirtualize"),
    ({"ept/table.c": SPDX, "ept/tables.c": SPDX}, "ept/tables:1: nearly the name of ept/table"),
    ({"ept/step.c": SPDX, "ept/stepping.c": SPDX}, "nearly the name of ept/step"),
    ({"ept/write.c": SPDX, "ept/wrote.c": SPDX}, "nearly the name"),
    ({"Makefile": "# SPDX-License-Identifier: MIT\n.PHONY: all\nall:\n"},
     "Makefile:2: `make help` does not list all"),
    ({"Makefile": "# SPDX-License-Identifier: MIT\n## all: everything\nall:\n"},
     "Makefile:2: `make help` lists all, which is not"),
])
def test_a_bad_tree_has_a_fault(found, tree, fault):
    said = found(GOOD | tree)
    assert any(fault in line for line in said), said
    assert len(said) == 1, said


@pytest.mark.parametrize("one, other, same", [
    ("table", "tables", True), ("step", "stepping", True), ("msr", "msrs", True),
    ("watch", "batch", False), ("cpu", "cpuid", False), ("walk", "walk_update", False),
    ("policy", "policies", False), ("check", "chick", True), ("ring", "string", False),
])
def test_homonyms(one, other, same):
    assert house.nearly_the_same(one, other) == same
    assert house.nearly_the_same(other, one) == same


GOOD_MESSAGE = "step: retry where the policy moved\n\nWhy.\n\nTested: unit.\n"


@pytest.mark.parametrize("text, fault", [
    (GOOD_MESSAGE, None),
    ("step, driver: say why\n\nWhy.\n# a comment of git's\n", None),
    ("Retry where the policy moved\n\nWhy.\n", "area: imperative"),
    ("step: " + "x" * 70 + "\n\nWhy.\n", "the subject is over"),
    ("step: retry\n", "a body says why"),
    ("step: retry\nWhy.\n", "a body says why"),
    ("step: retry\n\n" + "why " * 20 + "\n", "over 72 columns"),
])
def test_messages(text, fault):
    said = [text for _, text in house.message_faults(text)]
    assert bool(said) == bool(fault)
    assert not fault or any(fault in line for line in said)


def test_the_lists_have_no_obsolete_entries():
    """Fails if an entry of the lists is obsolete: the fault or the word no longer exists."""
    root = TESTS.parent
    assert not list(house.stale(root, house.tracked(root)))
