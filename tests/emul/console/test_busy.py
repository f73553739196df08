# SPDX-License-Identifier: MIT
"""Four CPUs keep the hypervisor busy while an operator works at its console."""

import re

import pytest

from .operator import PROMPT, SEQUENCE

FREEZE_MICROSECONDS = 10_000
FOREVER = (10_000_000,)  # a scenario's number of rounds: run until something is typed
PROCESSORS = 4
GUESSES = 8  # of each CPU


@pytest.fixture(name="busy")
def _busy(many):
    """All four CPUs write to protected memory without end."""
    many.guest_starts("each_denial_is_counted_once", *FOREVER)
    yield many
    assert many.guest_stops() is None


def denials(operator):
    """Returns the hypervisor's own count."""
    return int(re.search(r"writes blocked +(\d+)", operator.ask("vm"))[1])


def test_the_guest_runs_on_while_the_operator_types(busy):
    before = denials(busy)
    busy.ask("help")
    assert denials(busy) > before


def test_top_of_four_busy_cpus(busy):
    screen = busy.screen
    screen.type("top", "<Enter>")

    def all_work(rows):
        return (re.match(r"Tessera: 4 CPUs, \d+ writes blocked, \d{3,} events/s$", rows[0])
                and all(re.match(rf"cpu {n} +\w+ +\d{{3,}} exits/s$", rows[1 + n])
                        for n in range(PROCESSORS))
                and re.match(r"48 EPT_VIOLATION +\d{3,}$", rows[1 + PROCESSORS])
                and "(press any key to end)" in rows)
    first = screen.wait(all_work, "four busy CPUs")
    screen.wait(lambda rows: all_work(rows) and rows != first, "them in other numbers")
    screen.type("q")
    screen.wait_for_last(PROMPT)


def test_events_follow_four_busy_cpus(busy):
    busy.type("events follow\r")
    came = [busy.port.expect(r"^ *(\d+) \[ *\d+\.\d{6}\] cpu(\d) denied gpa 0x\w+ rule deny "
                             r"rip 0x\w+ cpl 0\r", 60) for _ in range(40)]
    numbers = [int(event[1]) for event in came]
    assert numbers == sorted(set(numbers)), "an event came twice, or before another"
    assert {int(event[2]) for event in came} == set(range(PROCESSORS))
    busy.type("x")
    busy.drop_what_came()
    assert busy.ask("version").startswith("Tessera ")


def test_freeze_stops_all_cpus_in_time(busy):
    for _ in range(3):
        said = busy.ask("freeze")
        assert int(re.search(r"after (\d+) us", said)[1]) <= FREEZE_MICROSECONDS
        cpus = busy.ask("cpus")
        assert len(re.findall(r" frozen ", cpus)) == PROCESSORS
        still = denials(busy), [busy.ask(f"regs {n} | match RIP") for n in range(PROCESSORS)]
        busy.ask("mem 1M 64")
        assert still == (denials(busy),
                         [busy.ask(f"regs {n} | match RIP") for n in range(PROCESSORS)])
        assert "guest resumed" in busy.ask("go")
    before = denials(busy)
    busy.ask("help")
    assert denials(busy) > before


def test_lines_of_four_cpus_do_not_mix(many):
    many.ask("log warn")
    begin = len(many.port.text)
    many.guest_starts("guessed_keys_seal_nothing", GUESSES)
    while f"({PROCESSORS * GUESSES} so far)" not in many.port.text:
        many.ask("time")
    assert many.guest_stops() is None
    said = SEQUENCE.sub("", many.port.text[begin:])
    many.ask("log error")
    log = many.ask("log | match wrong key")
    line = r"\[ *\d+\.\d{6}\] cpu(\d) W a call with a wrong key was refused \((\d+) so far\)"
    for text in (said, log):
        found = re.findall(line, text)
        assert sorted(int(n) for _, n in found) == list(range(1, PROCESSORS * GUESSES + 1))
        assert {int(cpu) for cpu, _ in found} == set(range(PROCESSORS))
    rest = re.sub(rf"{line}|tsc \d+, \d+ Hz|[\d.]+ seconds since the counter started"
                  r"|\[.*\] cpu0 W and \d+ more writes: see `events`", "", said)
    # The rest is the prompt, which is drawn again with the part of the word typed so far.
    assert set(rest.split()) <= {PROMPT.strip(), *("time"[:n] for n in range(5))}, rest


def test_the_console_unseals_if_the_config_allows_it(many):
    many.ask("protect 0x100000+0x80 deny idt")
    many.ask("seal all")
    assert "sealed" in many.ask("unprotect idt")
    assert many.ask("unseal idt") == ""
    assert re.search(r"idt\n", many.ask("rules | match idt"))
    assert "1 region opened" in many.ask("unprotect idt")
    assert "(sealed)" in many.ask("rules | match built in")
    many.ask("unseal all")
    assert "(sealed)" not in many.ask("rules")


def test_each_cpu_can_be_stepped(many):
    many.ask("freeze")
    for number in range(PROCESSORS):
        said = many.ask(f"step {number}")
        assert re.match(rf"cpu {number} (is frozen at 0x\w+, after a VM exit by \w+|"
                        r"is halted: it waits for an interrupt)\n$", said)
    many.ask("go")
    assert many.guest_runs("random_stores_on_all_processors") is None
