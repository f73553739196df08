# SPDX-License-Identifier: MIT
"""The lines that an operator may type: every command of docs/console.md (which a unit test compares
with the command table) with good and bad arguments, and the console's expected answer."""

import re
from typing import NamedTuple

from machine.paths import TOP

ROW = re.compile(r"^\| `(.*)` \| (.*) \| `(.*)` \| (yes|no) \|$", re.M)


class Command(NamedTuple):
    """A row of the manual."""

    name: str
    arguments: str
    about: str
    example: str
    in_lockdown: bool


def commands():
    """Returns all commands of the manual."""
    page = (TOP / "docs/console.md").read_text().replace("\\|", "|")
    for usage, about, example, in_lockdown in ROW.findall(page):
        name, _, arguments = usage.partition(" ")
        yield Command(name, arguments, about, example, in_lockdown == "yes")


USAGE = r"usage: {name}\b.*\n +as: {name}"
NO_NUMBER = r"is not a number: use 31, 0x1f, 4K, 2M or 1G\n" + USAGE
NO_RANGE = r"is not a range: use 0x1000\+128 or 0x1000\.\.0x1080.*\n" + USAGE
NO_CPU = r"there is no CPU \d+: use 0 to 0"
MISSING = r"an argument is missing\n" + USAGE
TOO_MANY = r"too many arguments\n" + USAGE
NOT_RAM = r"is not the guest's RAM"
NOTHING = r"^$"
HEX = r"[0-9a-f]"

# For each command: the lines to type, in this order, and a pattern that the answer must match.
LINES = {
    "help": [
        ("help", r"help CMD` tells more; Tab completes"),
        ("help protect", r"usage: protect RANGE \[ACTION\] \[NAME\]\n +as: protect"),
        ("help protct", r"no command `protct`: did you mean `protect`\?"),
        ("help zzz", r"no command `zzz`\n"),
    ],
    "version": [("version", r"Tessera \d+\.\d+, hypercall ABI \d+\nengine: hardware \(SPP\)")],
    "config": [
        ("config", r"engine = auto\n(.*\n)*log = error\n(.*\n)*unseal = never\n"
                   r"memory = 16M\nconsole = 0x2f8,115200\n"),
    ],
    "cpus": [("cpus", r"cpu +apic +state.*\n +0 +0 +root +\d+ .*PREEMPTION_TIMER \(this")],
    "regs": [
        ("regs 0", rf"cpu 0, \w+, at privilege level 0\nRIP +{HEX}{{16}}(.*\n)*GDTR(.*\n)*IDTR"),
        ("regs 1", NO_CPU), ("regs x", NO_NUMBER), ("regs", MISSING), ("regs -1", NO_NUMBER),
        ("regs 0x10000000000000000", NO_NUMBER),
    ],
    "vmcs": [
        ("vmcs 0", rf"681e +GUEST_RIP +{HEX}{{16}}(.*\n)*6c16 +HOST_RIP"),
        ("vmcs 7", NO_CPU), ("vmcs", MISSING), ("vmcs zero", NO_NUMBER),
    ],
    "vm": [("vm", r"1 CPUs, engine hardware\n(.*\n)*hidden block +0x.*\n(.*\n)*exit loops")],
    "exits": [
        ("exits reset", NOTHING),
        ("exits timing", r"timing is off"),
        ("exits timing on", NOTHING),
        ("exits timing", r"timing is on"),
        ("exits | match PREEMPTION", r"52 PREEMPTION_TIMER +\d+ +\d+ +\d+ +\d+\n"),
        ("exits timing off", NOTHING),
        ("exits 0", r"reason +count +min +mean +max ticks\n(.*\n)*52 PREEMPTION_TIMER +\d+"),
        ("exits 4", NO_CPU), ("exits again", NO_NUMBER), ("exits timing maybe", USAGE),
        ("exits reset now", USAGE), ("exits 0 1 2", TOO_MANY),
    ],
    "ept": [
        ("ept 0x100000", r"0x100000: .* page at 0x\w+, rwx, WB, entry 0x"),
        ("ept {block}", r"Tessera's own memory: the guest reads zeros there"),
        ("ept map", r"(?m)^0{12}\.\.0000000a0000 +640 KiB  rwx, WB\n(.*\n)*.*hidden: Tessera\n"),
        ("ept 1G", r"0x40000000: "), ("ept 0xFfFfFfFfFfFfFfFf", r"beyond this machine's \d+ "),
        ("ept", MISSING), ("ept mop", NO_NUMBER), ("ept map map", TOO_MANY),
    ],
    "protect": [
        ("protect 1M+0x40", r"protected 0x100000\.\.0x100040, deny"),
        ("protect 0x100100..0x100200 audit watch", r"protected 0x100100\.\.0x100200, audit"),
        ("protect 1049600+1K freeze stop", r"protected 0x100400\.\.0x100800, freeze"),
        ('protect 0x101000+0x80 discard "two words"', r"protected"),
        ("protect 1M+0x40", r"."),
        ("protect 0x100900+1 deny watch", r"."),
        ("protect", MISSING), ("protect x", NO_RANGE), ("protect 1M", NO_RANGE),
        ("protect 1M+0", NO_RANGE), ("protect 2M..1M", NO_RANGE),
        ("protect 0xffffffffffffffff+2", NO_RANGE), ("protect 1M+99999999999999999999", NO_RANGE),
        ("protect 1M+1 forbid",
         r"`forbid` is not an action: use audit, discard, deny or freeze\n" + USAGE),
        ("protect {block}+8", r"the address is not guest memory"),
        ("protect 1M+1 deny a b", TOO_MANY), ('protect 1M+1 deny "a', r"a quote is not closed"),
    ],
    "spp": [
        ("spp 0x100000", r"(?s)\+000 +## *\.\.|\+000 +#\. .* oo .*\+400 +!!.*in force\n"
                         r".*tiles +0\.\.0 .*deny.*tiles +2\.\.3 .*watch.*tiles +8\.\.15 .*stop"),
        ("spp 0x3000000", r"\+000( +\.\.){8}\n(.*\n)*.*open tiles 0xffffffff, in force"),
        ("spp {block}", r"^0x\w+: Tessera's own memory: the guest reads zeros there\n$"),
        ("spp", MISSING), ("spp map", NO_NUMBER), ("spp 1M 2M", TOO_MANY),
        ("spp 0xffffffffffffffff", r"beyond this machine"),
    ],
    "regions": [
        ("regions", r"0x000000100000\.\.0x000000100040 +64 bytes  deny .*\n(.*\n)*4 regions, "),
        ("regions | match WATCH", r"^\S+ +256 bytes  audit   watch\n$"), ("regions 1", TOO_MANY),
    ],
    "rules": [
        ("rules", r"rule action  regions(.*\n)*.*deny \(built in\)\n(.*\n)*.*two words"),
        ("rules all", TOO_MANY),
    ],
    "unprotect": [
        ("unprotect 1M+0x40", r"1 region opened"),
        ("unprotect 1M+0x40", r"no such rule or region"),
        ("unprotect watch", r"1 region opened"), ("unprotect watch", r"neither a range nor a rule"),
        ('unprotect "two words"', r"1 region opened"),
        ("unprotect", MISSING), ("unprotect 1M+1 2", TOO_MANY),
    ],
    "seal": [
        ("seal stop", NOTHING), ("rules | match stop", r"stop \(sealed\)"),
        ("unprotect stop", r"the rule is sealed and cannot be loosened until reset"),
        ("seal nobody", r"there is no rule `nobody`: see `rules`"), ("seal", MISSING),
        ("seal stop now", TOO_MANY),
    ],
    "unseal": [
        ("unseal stop", r"only `unseal = console` in tessera\.conf"),
        ("unseal all", r"only `unseal = console` in tessera\.conf"),
        ("unseal nobody", r"there is no rule `nobody`"), ("unseal", MISSING),
        ("rules | match stop", r"stop \(sealed\)"),
    ],
    "events": [
        ("events", r"^$|denied gpa"), ("events soon", USAGE), ("events follow now", TOO_MANY),
    ],
    "mem": [
        ("mem 0x100000 17", rf"^000000100000  ({HEX}{{2}}  ?){{16}}  ?.{{16}}\n"
                            rf"000000100010  {HEX}{{2}} +.\n$"),
        ("mem 1M..0x100010", r"^000000100000 .*\n$"), ("mem 1M+0x20", r"^.*\n000000100010 .*\n$"),
        ("mem {block} 16", NOT_RAM), ("mem 0xfee00000 16", NOT_RAM),
        ("mem 0xffffffffffffffff 1", NOT_RAM),
        ("mem 1M 0", r"a range of 0 bytes from there is not possible"),
        ("mem 0xffffffffffffffff 2", r"a range of 2 bytes from there is not possible"),
        ("mem", MISSING), ("mem 1M", NO_RANGE), ("mem 1M x", NO_NUMBER), ("mem 1 2 3", TOO_MANY),
    ],
    "find": [
        ("find {block} 64K 0x00", r"^0 found"), ("find 1M 64 0x0g", NO_NUMBER),
        ("find 1M 64 0xg000", NO_NUMBER),
        ("find 1M 64 0x0", r"a pattern is text or bytes like 0x00ff12, 32 at most"),
        ("find 1M..5M Tessera:nowhere", r"\d found"), ("find 1M 64", NO_RANGE), ("find", MISSING),
        ('find 1M 64 ""', r"a pattern is text"), ("find 1 2 3 4", TOO_MANY),
    ],
    "translate": [
        ("translate 0 0x100000", r"PML4 entry +0 at 0x(.*\n)*0x100000 is 0x100000, in a page of "
                                 r"2048 KiB\n0x100000: .* page at"),
        ("translate 0 0x123456789000", r"0x123456789000 is not mapped"),
        ("translate 5 0", NO_CPU), ("translate 0", MISSING), ("translate 0 top", NO_NUMBER),
    ],
    "pool": [("pool", r"pool +(\d+) pages, \d+ used, \d+ free\nEPT +\d+ tables.*\nSPPT +\d+ tab")],
    "mtrr": [("mtrr", r"default \w\w, \d+ variable ranges\n0{12}\.\.\w{12}  WB\n")],
    "cpuid": [
        ("cpuid 0x40000000", r"guest +eax 4000000\w  ebx 73736554  ecx 48617265  edx 72657079\n"
                             r"hardware +eax"),
        ("cpuid 1", r"guest .*\nhardware .*"), ("cpuid 7 0", r"guest"), ("cpuid", MISSING),
        ("cpuid one", NO_NUMBER), ("cpuid 1 x", NO_NUMBER), ("cpuid 1 2 3", TOO_MANY),
    ],
    "log": [
        ("log", r"^$|^\[ *\d+\.\d{6}\] cpu0 E "), ("log previous", r"no earlier log was kept"),
        ("log loud", r"`loud` is not a level: use error, warn, info or debug\n" + USAGE),
        ("log debug", NOTHING), ("config | match log", r"log = debug"), ("log error", NOTHING),
        ("log error now", TOO_MANY),
    ],
    "freeze": [
        ("freeze", r"guest frozen after \d+ us: `resume` \(or `go`\) continues it"),
        ("freeze", r"the guest is frozen already: `resume` \(or `go`\) continues it"),
        ("cpus", r"\n +0 +0 +frozen "), ("regs 0", r"cpu 0, frozen"), ("freeze now", TOO_MANY),
        ("devirtualize", r"the guest is frozen: `resume` \(or `go`\) continues it"),
    ],
    "step": [
        ("step 0", rf"cpu 0 is frozen at 0x{HEX}+, after a VM exit by \w+"),
        ("step 1", NO_CPU), ("step", MISSING), ("step x", NO_NUMBER), ("step 0 2", TOO_MANY),
    ],
    "resume": [
        ("resume", r"guest resumed; it was frozen for \d+ ms"),
        ("resume", r"the guest is not frozen"),
        ("step 0", r"the guest runs: `freeze` it first"), ("resume now", TOO_MANY),
    ],
    "go": [("go", r"the guest is not frozen"), ("go on", TOO_MANY)],
    "selftest": [("selftest", r"map +\d+ leaves, .* 0 wrong\npool +whole, .*\nselftest passed")],
    "drill": [
        ("drill park 0", r"this stops cpu 0 until reset: add `really` to confirm"),
        ("drill panic 0 surely", r"add `really`"), ("drill park 3", NO_CPU), ("drill", MISSING),
        ("drill park", MISSING), ("drill flood 0", USAGE), ("drill park x", NO_NUMBER),
        ("drill park 0 really now", TOO_MANY), ("drill deaf 0", r"add `really`"),
    ],
    "time": [("time", r"tsc \d+, 20000000 Hz\n\d+\.\d{3} seconds since")],
    "more": [
        ("more", r"more is off"), ("more on", NOTHING), ("more", r"more is on"),
        ("more off", NOTHING), ("more or less", TOO_MANY), ("more less", USAGE),
    ],
    # test_screen.py, test_busy.py and test_ends.py test these commands with good arguments.
    "top": [("top now", TOO_MANY)],
    "devirtualize": [("devirtualize", r"the rule is sealed"), ("devirtualize 0", TOO_MANY)],
    "reboot": [("reboot now", TOO_MANY)],
    "poweroff": [("poweroff -f", TOO_MANY)],
}
