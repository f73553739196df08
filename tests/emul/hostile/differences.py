# SPDX-License-Identifier: MIT
"""The documented differences between a machine with Tessera and one without.

A case that the agent sets apart is found here by its description, and both results must be as
written, so an obsolete entry also fails the test. Results are regular expressions.
"""

import re
from typing import NamedTuple

GP = r"vector=d error=0 at=0 flags=10000"
UD = r"vector=6 error=0 at=0 flags=10000 .*"
READS = r"vector=100 flags=0.*"
WRITES = r"value=\w+ vector=(100 flags=0|d error=0 at=0 flags=10000) vector=.*"
ZERO = r"vector=100 flags=0"

# Bytes of an idle UART, and of no device beside its ports; leading zeros are not printed.
IDLE = r"(0|1|00|01|60|b0|ff)(00|01|60|b0|ff)*"


class Difference(NamedTuple):
    """Cases, their result without Tessera and under it, and the reason."""

    cases: str
    native: str
    tessera: str
    reason: str  # includes the place in docs/


DIFFERENCES = (
    Difference(r"vmcall .*", UD, r"vector=100 flags=0 rax=ffffffffffffffff.*",
               "a hypercall with an unknown number: hypercalls.md, The call"),
    Difference(r"mov cr4 at CPL 0", r"value=\w+ vector=(100|d) .*",
               r"value=\w+ vector=d error=0 at=0 now=0",
               "CR4.VMXE and SMXE are reserved: design.md, Decisions"),
    Difference(r"hidden out .*", r"vector=100 flags=0 data=(5a)+", r"vector=100 flags=0 data=(5a)+",
               "the hidden UART takes every byte: design.md, Decisions"),
    Difference(r"hidden outs .*", r"vector=100 flags=0 rcx=0 rsi=\w+ data=(5a)+",
               r"vector=100 flags=0 rcx=0 rsi=\w+ data=(5a)+", "as above"),
    Difference(r"hidden in .*", r"vector=100 flags=0.*",
               rf"vector=100 flags=0 rax=(112233445566(77)?)?{IDLE} data=(5a)+",
               "the hidden UART answers like an idle one: design.md, Decisions"),
    Difference(r"hidden ins .*", r"vector=100 flags=0 .*",
               rf"vector=100 flags=0 rcx=0 rdi=\w+ data=(5a)*{IDLE}", "as above"),
    Difference(r"read apic 300", r"vector=100 value=\w+", r"vector=100 value=\w+",
               "the guest may read the command of a shootdown's NMI: design.md, Decisions"),
    Difference(r"flip bit 11 of the apic's base", r"", r"vector=100 flags=0 changed=800",
               "an APIC that the guest disables: design.md, Decisions"),
    Difference(r"flip bit 8 of the apic's base", r"", r"vector=100 flags=0 changed=0",
               "INITs would reach the CPU that polls the console: design.md, Decisions"),
    Difference(r"flip bit \d+ of the apic's base", r"", rf"{GP} changed=0",
               "the APIC's page cannot be moved: design.md, Decisions"),
    Difference(r"rdmsr 3a", r"vector=100 flags=0 rax=5", r"vector=100 flags=0 rax=1",
               "VMX is off, as where the firmware locked it off: design.md, Decisions"),
    Difference(r"rdmsr (48.|49[013])", READS, GP, "VMX is hidden: design.md, Decisions"),
    Difference(r"rdmsr 492", GP, GP, "VMX is hidden; this model has no such MSR"),
    Difference(r"rdmsr (1c[c-f]|1d[0-4])", ZERO, GP, "FRED is hidden: design.md, Decisions"),
    Difference(r"rdmsr (3f[45]|5[67].|600|17d[0-4])", ZERO, GP,
               "interfaces that write by physical address: design.md, Decisions"),
    Difference(r"wrmsr 3a", rf"value=\w+ {GP} vector=100 flags=0 rax=5",
               rf"value=\w+ {GP} vector=100 flags=0 rax=1", "VMX is off, as above"),
    Difference(r"wrmsr (48.|49[0-3])", r"", rf"value=\w+ {GP} {GP}", "VMX is hidden, as above"),
    Difference(r"wrmsr (1c[c-f]|1d[0-4])", WRITES, rf"value=\w+ {GP} {GP}", "FRED, as above"),
    Difference(r"wrmsr (1d9|19[0-9a-f][37bf])", rf"value=\w+ {ZERO} {ZERO}",
               rf"value=\w+ ({ZERO}|{GP}) {ZERO}", "BTS and PEBS: design.md, Decisions"),
    Difference(r"wrmsr 1a0", rf"value=\w+ {ZERO} {READS}", rf"value=\w+ {ZERO} {READS}",
               "BTS and PEBS are unavailable; CPUID and NX stay whole: design.md, Decisions"),
    Difference(r"wrmsr (3f[45]|5[67].|600|17d[0-4])", WRITES, rf"value=\w+ {GP} {GP}",
               "interfaces that write by physical address, as above"),
    Difference(r"rdmsr (9b|1[12])", ZERO, GP,
               "SMM's monitor and other hypervisors: design.md, Decisions"),
    Difference(r"wrmsr (3f1|982)", rf"value=\w+ {ZERO} {ZERO}", rf"value=\w+ {GP} {ZERO}",
               "PEBS, and keys of memory encryption: design.md, Decisions"),
    Difference(r"wrmsr (9b|1[12]|[0-9a-f]{4,})", WRITES, rf"value=\w+ {GP} {GP}",
               "MSRs that do not exist, as above"),
    Difference(r"rdmsr c0010114", GP, GP, "an AMD MSR that the emulator knows to refuse"),
    Difference(r"rdmsr [0-9a-f]{4,}", ZERO, GP,
               "outside the ranges of the MSR bitmap: design.md, Decisions"),
)


def unexplained(case, native, tessera):
    """Returns the reason why no entry covers this case, or None."""
    for entry in DIFFERENCES:
        if re.fullmatch(entry.cases, case):
            for machine, expected, result in (("without Tessera", entry.native, native),
                                              ("under Tessera", entry.tessera, tessera)):
                if not re.fullmatch(expected, result):
                    return f"{machine} {result!r} where {expected!r} is expected ({entry.reason})"
            return None
    return f"{native!r} without Tessera, {tessera!r} under it: no entry of differences.py"
