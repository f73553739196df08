# SPDX-License-Identifier: MIT
"""Tests of every command of tesseractl in one Linux guest, on each engine. Commands that seal come
last."""

import json
import re
from xml.etree import ElementTree

import pytest

from machine import linux
from machine.bochs import Bochs

from .demonstration import BOOT
from .guest import Parts, make_disk
from .talk import Shell

MODELS = {"hardware": "tigerlake", "software": "corei7_skylake_x"}
DEMO = "--module tessera_demo --section .bss"
POLICY = """\
rule   table deny   # what it must not change
region table module tessera_demo
rule   watched audit
region watched module tessera_demo section .bss
seal   table
"""
EFIVARS = "/sys/firmware/efi/efivars"


class Tool:
    """tesseractl in the guest."""

    def __init__(self, machine, engine):
        self.machine = machine
        self.engine = engine
        self._shell = Shell(machine.com1)

    def shell(self, command, status=0):
        """Returns the output of a command line, which must end with that status."""
        ended, said = self._shell.run(command)
        assert ended == status, said
        return said.replace("\r", "")

    def __call__(self, words, status=0):
        return self.shell(f"tesseractl {words}", status)

    def objects(self, words):
        """Returns the objects that a command prints as JSON. Looking symbols up takes half a minute
        in the emulator: only test_names does it."""
        if words.split()[0] in ("list", "regions", "events"):
            words += " --numeric"
        return [json.loads(line) for line in self(words).splitlines() if line.startswith("{")]

    def protect(self, words):
        """Protects a range and returns the guard's number."""
        return int(re.search(r"guard (\d+): ", self(f"protect {words}"))[1])


@pytest.fixture(name="tool", scope="module", params=MODELS)
def _tool(request, tmp_path_factory):
    files = {"lib/efivarfs.ko": linux.kernel_module("efivarfs.ko"), "root/policy": POLICY.encode(),
             "root/bad": b"rule x maybe\nregion y phys 0 len 1\n"}
    disk = make_disk(tmp_path_factory.mktemp(request.param), Parts(), "confirm = agent\n", files)
    with Bochs(disk, model=MODELS[request.param], snapshot=True) as machine:
        machine.com1.expect("guest# ", BOOT)
        yield Tool(machine, request.param)


def test_info_describes_the_hypervisor(tool):
    info, = tool.objects("info --json")
    assert info["engine"] == tool.engine and info["cpus"] == 1 and info["steps"]
    assert f"engine      {tool.engine}\n" in tool("info")
    assert "Tessera already runs" in tool("check")


def test_selftest_holds(tool):
    said = tool("selftest")
    assert "selftest: passed" in said and "FAILED" not in said
    assert said.count("\nok: ") >= 15
    assert not tool.objects("list --json")
    assert all(rule["builtin"] for rule in tool.objects("rules --json"))


def test_places(tool):
    """Guards a symbol of its own length, a section of a module, physical memory, and a process that
    ends."""
    numbers = [tool.protect("--symbol sys_call_table --name table"),
               tool.protect("--module tessera_demo")]
    said = tool("protect --phys 0 --len 128 --for 0")
    assert "128 bytes, deny" in said
    guards = {guard["guard"]: guard for guard in tool.objects("list --json")}
    assert guards.keys() == set(numbers)
    assert 300 * 8 < guards[numbers[0]]["length"] <= 512 * 8 + 64
    regions = tool.objects("regions --json")
    assert sum(region["length"] for region in regions) == sum(g["length"] for g in guards.values())
    assert "rule table: deny; 0 writes met it" in tool(f"show {numbers[0]}")
    for number in numbers:
        tool(f"unprotect {number}")
    tool(f"unprotect {numbers[0]}", 1)

    tool.shell("sleep 1000 & sleep 0.2")
    end = re.search(r"-([0-9a-f]+) ", tool.shell("grep -F '[stack]' /proc/$!/maps"))[1]
    tool.protect(f"--pid $! --addr {int(end, 16) - 64:#x} --len 64")
    assert tool.objects("list --json")[0]["space"] == "process"
    tool.shell("kill $!; wait; true")
    assert not tool.objects("list --json")


def test_names(tool):
    """Guards and events name their rule and their symbols, also those of a module."""
    guard = tool.protect("--symbol demo --module tessera_demo --len 24 --action audit --name named")
    assert re.search(r"bytes  rule named  <demo \[tessera_demo\]>\n", tool("list"))
    tool.shell("demo protect open")
    said = tool("events")
    assert re.search(r" gva 0x\w+ <demo(\+0x\w+)? \[tessera_demo\]> rip 0x\w+ <\w+\+0x\w+ "
                     r"\[tessera_demo\]> .* rule named ", said)
    tool(f"unprotect {guard}")


def test_events_and_heat(tool):
    """Audited writes of a module, in the stream and in a picture."""
    guard = tool.protect(f"{DEMO} --action audit --name seen")
    tool.shell("tesseractl events --follow --json --numeric >/tmp/followed & echo $! >/tmp/pid")
    tool.shell("demo protect open")
    tool.shell("sleep 1; kill $(cat /tmp/pid)")
    rule = next(r for r in tool.objects("rules --json") if r["name"] == "seen")
    assert rule["writes"] > 0
    events = [e for e in tool.objects("events --json") if e["rule"] == rule["rule"]]
    assert len(events) == rule["writes"]
    assert all(e["action"] == "audit" and e["cpl"] == 0 for e in events)
    followed = tool.shell("cat /tmp/followed")
    assert all(f'"sequence": {e["sequence"]},' in followed for e in events)
    tool(f"unprotect {guard}")

    tool.shell(f"tesseractl heat {DEMO} --for 999 --out /tmp/heat.svg >/tmp/said & echo $! "
               ">/tmp/pid; until tesseractl list --numeric | grep -q kernel; do sleep 0.1; done")
    tool.shell("demo protect open")
    said = tool.shell("sleep 0.5; kill $(cat /tmp/pid); wait; cat /tmp/said")
    counted = re.search(r"heat.svg: \d+ pages?, (\d+) writes; 0 events were missed", said)
    seen = int(counted[1])
    assert seen == len(events)
    said = tool.shell("cat /tmp/heat.svg")
    picture = ElementTree.fromstring(re.search(r"<svg.*</svg>", said, re.S)[0])
    told = [text for text in picture.itertext() if text.endswith(" writes")]
    assert sum(int(text.split()[1]) for text in told) == seen
    assert not tool.objects("list --json")


def test_numbers_and_log(tool):
    stats, = tool.objects("stats --json")
    assert stats["cpus"] == 1 and stats["denied_writes"] > 0
    assert stats["exits_VMCALL"] > 0
    tool("metrics --out /tmp/tessera.prom")
    metrics = tool.shell("cat /tmp/tessera.prom")
    assert "\ntessera_cpus 1\n" in metrics
    assert re.search(r'\ntessera_rule_writes_total\{name="deny",action="deny"\} \d+\n', metrics)
    assert any(tool.engine in line["text"] or "engine" in line["text"]
               for line in tool.objects("log --json"))
    assert not tool.objects("log --previous --json")


def test_confirm(tool):
    tool.shell(f"insmod /lib/efivarfs.ko; mount -t efivarfs none {EFIVARS}")
    assert "unconfirmed starts cleared: 1\n" in tool("confirm")
    assert "nothing to confirm" in tool("confirm")
    tool.shell(f"ls {EFIVARS} | grep Tessera", 1)
    assert "no EFI system partition is mounted" in tool("install", 1)
    assert "has installed nothing" in tool("remove", 1)


def test_policy_seal_and_lockdown(tool):
    said = tool("apply bad", 5)
    assert "bad:1: `maybe` is not an action" in said and "bad:2: no rule y is defined" in said
    assert "2 rules, 2 regions: no errors found" in tool("apply policy --check")
    assert not tool.objects("list --json")
    assert "2 regions under 2 rules are in force; 4 changes" in tool("apply policy")
    assert " 0 changes" in tool("apply policy")
    sealed = {rule["name"] for rule in tool.objects("rules --json") if rule["sealed"]}
    assert sealed == {"table"}
    assert "the rule is sealed and stays so" in tool(
        "unprotect $(tesseractl list --numeric | awk '{ print $1; exit }')", 1)
    said = tool("remaining")
    assert re.search(r"sealed rules: table; their regions \(\d+\) stay protected", said)
    assert "not sealed: 1; they stay in force" in said
    tool("seal watched")
    tool("seal --all")
    tool("lockdown")
    assert "locked down" in tool("protect --phys 4K --len 128", 1)
    assert "nothing can be protected: the policy is locked down" in tool("info", 1)
    assert "everything that is protected stays so" in tool("remaining")
    assert len(tool.objects("list --json")) == 2
