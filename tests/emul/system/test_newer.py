# SPDX-License-Identifier: MIT
"""B10, C8: a processor with features that are newer than Tessera; and on processors of today, that
the guest misses nothing but what Tessera hides on purpose."""

import re
from typing import NamedTuple

import pytest

from machine.paths import MACHINES

from .consoles import PATIENCE, ask
from .guest import Guest, agent_image
from .machines import ENDED, AgentRun

# Of IA32_PERF_CAPABILITIES: LBR format 5, PEBS with all registers, format 4, full-width writes; and
# IA32_MISC_ENABLE without "BTS unavailable" and "PEBS unavailable".
MSRS = ("0x1a0 0 00000000 00850089 00000000 00000000 00000000 00000000\n"
        "0x345 0 00000000 0000e4c5 00000000 00000000 00000000 00000000\n")
NEWER = AgentRun("newer-1", "auto", 1, "arrow_lake", ("user_msr", "msr_imm", "fred"), MSRS)
PARTS = ("newer_features_are_hidden", "no_trace_of_hidden_stores", "cpuid_hides_vmx",
         "vmx_cannot_be_switched_on", "bad_xcr_values_fault", "stores_denied", ENDED)


@pytest.mark.parametrize((), [pytest.param(marks=pytest.mark.boot(NEWER, part), id=part)
                              for part in PARTS])
def test_newer_processor(outcome):
    assert outcome in (None, True), outcome


# What the guest of a processor of today does not see: by leaf and subleaf, bits of EAX, EBX, ECX
# and EDX. OSXSAVE and OSPKE are the guest's own.
HIDDEN = {
    (0x01, 0): (0, 0, 1 << 2 | 1 << 4 | 1 << 5 | 1 << 6 | 1 << 27, 1 << 21),
    (0x06, 0): (1 << 19 | 1 << 23, 0, 0xff00, 0xffffffff),
    (0x07, 0): (0, 1 << 25, 1 << 4, 1 << 18),
    (0x07, 1): (1 << 17, 0, 1 << 5, 1 << 15),
    (0x0d, 1): (0, 0, 1 << 8, 0),
}
NOTHING = (0, 0, 0, 0)
LEAVES = [(leaf, subleaf) for leaf in range(0x26) for subleaf in range(3 if leaf in
          (0x4, 0x7, 0xb, 0xd, 0x18, 0x1d) else 1)] + [(0x80000000 + n, 0) for n in range(9)]


class CpuidRun(NamedTuple):
    """Asks the console what the guest gets for each leaf, and what the processor has there."""

    model: str
    add_features: tuple = ()

    def run(self, _parts):
        """Yields a dictionary by leaf and subleaf of two tuples of register values, and the log."""
        image = agent_image(MACHINES / f"system-cpuid-{self.model}.img", "log = warn\n")
        guest = Guest(image, model=self.model, add_features=self.add_features)
        guest.start()
        try:
            guest.machine.com2.expect("tessera> ", PATIENCE)
            answers = {}
            for leaf in LEAVES:
                answer = ask(guest, "cpuid {:#x} {}".format(*leaf))
                words = [int(word, 16) for word in re.findall(r"e[a-d]x ([0-9a-f]{8})", answer)]
                assert len(words) == 8, answer
                answers[leaf] = tuple(words[:4]), tuple(words[4:])
            guest.run("newer_features_are_hidden", timeout=PATIENCE)
            yield None, (answers, ask(guest, "log"))
        finally:
            guest.stop()
            image.unlink()


@pytest.mark.parametrize((), [pytest.param(marks=pytest.mark.boot(CpuidRun(*run)), id=run[0])
                              for run in (("tigerlake",), ("corei7_skylake_x",),
                                          ("corei7_haswell_4770",),
                                          ("arrow_lake", ("user_msr", "msr_imm", "fred")))])
def test_known_features_stay(outcome):
    answers, log = outcome
    highest = answers[0, 0][1][0]
    for leaf, (guest, hardware) in answers.items():
        if highest < leaf[0] < 0x80000000:
            assert guest == answers.get((highest, leaf[1]), answers[highest, 0])[0], leaf
            continue
        for has, may_hide, gets in zip(hardware, HIDDEN.get(leaf, NOTHING), guest):
            assert has & ~may_hide == gets & ~may_hide, (leaf, guest, hardware)
    assert answers[1, 0][0][2] & 1 << 5 == 0
    assert "84 is unknown" in log or answers[7, 1][1][3] & 1 << 15 == 0, log
