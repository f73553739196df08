# SPDX-License-Identifier: MIT
"""A write under a rule with the action `freeze` stops every CPU. The operator examines the guest
and resumes it, and the write then takes effect."""

import re

import pytest

from machine.paths import MACHINES

from .consoles import ask
from .guest import Guest, agent_image

SCENARIO = "a_write_waits_for_the_operator"
TIMEOUT = 60


@pytest.fixture(name="guest", params=[("hardware", 1), ("software", 4)],
                ids=lambda p: f"{p[0]}-{p[1]}")
def start_guest(request):
    """Starts the agent, with the operator's console."""
    engine, cpus = request.param
    image = agent_image(MACHINES / f"freeze-{engine}-{cpus}.img", f"engine = {engine}\n")
    guest = Guest(image, cpus=cpus)
    guest.start()
    yield guest
    guest.stop()
    image.unlink()


def test_a_write_waits_for_the_operator(guest):
    com1, com2 = guest.machine.com1, guest.machine.com2
    com1.send(f"{SCENARIO} 0 0 1\n")
    places = com1.expect(r"place (0x[0-9a-f]+) traffic (0x[0-9a-f]+)\r", TIMEOUT)
    place, traffic = (group.decode() for group in places.groups())
    com2.expect("froze the guest", TIMEOUT)

    states = re.findall(r"^ *(\d+) +[0-9a-f]+ +(\w+)", ask(guest, "cpus"), re.M)
    assert states and {state for _, state in states} == {"frozen"}, states
    assert f"{place[2:]:0>12}  00 " in ask(guest, f"mem {place} 1"), "it has not happened yet"
    assert ask(guest, f"mem {traffic} 8") == ask(guest, f"mem {traffic} 8"), "a CPU runs"
    assert re.search(r"freeze|frozen|froze", ask(guest, "events"))
    assert re.search(r"RIP +[0-9a-f]{16}", ask(guest, "regs 0"))
    assert f"ok {SCENARIO}" not in com1.text

    assert "guest resumed" in ask(guest, "go")
    com1.expect(rf"^ok {SCENARIO}\b", TIMEOUT)
    assert f"{place[2:]:0>12}  5a " in ask(guest, f"mem {place} 1")


def test_an_operator_stops_and_steps_the_machine(guest):
    assert re.search(r"guest frozen after \d+ us", ask(guest, "freeze"))
    before = re.search(r"RIP +([0-9a-f]{16})", ask(guest, "regs 0"))[1]
    assert "is frozen at" in ask(guest, "step 0")
    after = re.search(r"RIP +([0-9a-f]{16})", ask(guest, "regs 0"))[1]
    assert before != after
    assert "guest resumed" in ask(guest, "go")
    assert guest.run("query_answers", *guest.block, timeout=TIMEOUT) is None
