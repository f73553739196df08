# SPDX-License-Identifier: MIT
"""The screen of a terminal of 80 by 24 characters: keys, history, completion, long output."""

import re

import pytest

from .operator import PROMPT
from .screen import COLUMNS, ROWS

CLEAR = "<C-l>"
MORE = "--more-- (space: screen, enter: line, q: quit)"


@pytest.fixture(name="screen")
def _screen(alone):
    """Returns a screen that shows only the prompt."""
    alone.screen.type("<C-c>", CLEAR)
    alone.screen.wait(lambda rows: rows[0] == PROMPT.rstrip() and not any(rows[1:]), "a prompt")
    return alone.screen


# Keys, the resulting line, and the cursor's place in it.
KEYS = {
    "end of line": (["cpus"], "cpus", 4),
    "backspace": (["cpuss", "<BSpace>"], "cpus", 4),
    "insert before": (["pus", "<Home>", "c"], "cpus", 1),
    "^A and ^E": (["pus", "<C-a>", "c", "<C-e>", "!"], "cpus!", 5),
    "arrows": (["cps", "<Left>", "u", "<Right>", "!"], "cpus!", 5),
    "^B and ^F": (["cps", "<C-b>", "u", "<C-f>", "!"], "cpus!", 5),
    "delete": (["xcpus", "<Home>", "<DC>"], "cpus", 0),
    "^D": (["xcpus", "<Home>", "<C-d>"], "cpus", 0),
    "end": (["cpu", "<Home>", "<End>", "s"], "cpus", 4),
    "^W": (["cpus regs", "<C-w>"], "cpus ", 5),
    "^U": (["cpus regs", "<C-Left>", "<C-u>"], "regs", 0),
    "^K": (["cpus regs", "<C-Left>", "<C-k>"], "cpus ", 5),
    "words": (["one two three", "<C-Left>", "<C-Left>", "x", "<C-Right>", "y"],
              "one xtwoy three", 9),
    "alt words": (["one two", "<M-b>", "x", "<M-f>", "y"], "one xtwoy", 9),
    "nothing to delete": (["<BSpace>", "<DC>", "<Left>", "a", "<Right>"], "a", 1),
    "other keys": (["a", "<F1>", "<PPage>", "<F12>", "<IC>", "b"], "ab", 2),
}


@pytest.mark.parametrize("keys, line, column", KEYS.values(), ids=KEYS)
def test_editing(screen, keys, line, column):
    screen.type(*keys)
    screen.wait_for_last(PROMPT + line)
    screen.wait(lambda _: screen.cursor() == (len(PROMPT) + column, 0), "the cursor there")


def test_a_line_longer_than_the_screen_stays_on_one_row(screen):
    typed = "".join(chr(ord("a") + i % 26) for i in range(140))
    kept = typed[:127]
    screen.type(typed)
    rows = screen.wait_for(re.escape(kept[-20:]))
    assert not any(rows[1:]) and len(rows[0]) <= COLUMNS
    screen.type("<Home>")
    rows = screen.wait_for(rf"^{PROMPT}{typed[:40]}")
    assert not any(rows[1:])


def test_history(screen):
    screen.type("version", "<Enter>", "time", "<Enter>")
    screen.wait_for(r"seconds since")
    screen.type("ve", "<Up>")
    screen.wait_for_last(PROMPT + "time")
    screen.type("<Up>")
    screen.wait_for_last(PROMPT + "version")
    screen.type("<C-n>")
    screen.wait_for_last(PROMPT + "time")
    screen.type("<Down>")
    screen.wait(lambda rows: rows[-1] != PROMPT + "time" and
                screen.last() in (PROMPT + "ve", PROMPT.rstrip()), "the line below history")
    screen.type("<C-u>", "<C-p>", "<Up>", "<Enter>")
    screen.wait(lambda rows: sum(row.startswith("Tessera ") for row in rows) == 2, "it run again")


# The typed text, and the line after Tab.
COMPLETIONS = {
    "command": ("transl", "translate "),
    "common part": ("re", "re"),
    "action": ("protect 1M+1 fr", "protect 1M+1 freeze "),
    "rule": ("unprotect zeb", "unprotect zebra "),
    "region": ("unprotect 0x1000", "unprotect 0x100040+0x40 "),
    "rule of protect": ("protect 1M+1 deny zeb", "protect 1M+1 deny zebra "),
    "sealed": ("seal al", "seal all "),
    "log": ("log prev", "log previous "),
    "help": ("help devi", "help devirtualize "),
    "exits": ("exits timing of", "exits timing off "),
    "ept": ("ept m", "ept map "),
    "events": ("events f", "events follow "),
    "match": ("cpus | m", "cpus | match "),
    "nothing": ("mem 1", "mem 1"),
}


@pytest.mark.parametrize("typed, line", COMPLETIONS.values(), ids=COMPLETIONS)
def test_completion(alone, screen, typed, line):
    alone.ask("protect 0x100040+0x40 deny zebra")
    screen.type("<C-l>", typed, "<Tab>", "!")
    screen.wait_for(re.escape(PROMPT + line + "!") + "$")


def test_a_choice_is_listed(screen):
    screen.type("re", "<Tab>")
    rows = screen.wait_for(r"^regs +regions +resume +reboot$")
    assert rows[2] == PROMPT + "re"


def test_help_fits_one_screen(screen):
    screen.type("help", "<Enter>")
    rows = screen.wait_for(r"^`help CMD` tells more")
    assert rows[0] == PROMPT + "help" and rows[1].startswith("help ")
    assert not rows[-1]


def test_more_stops_after_each_screen(alone, screen):
    alone.ask("more on")
    screen.type("<C-l>", "vmcs 0", "<Enter>")
    rows = screen.wait_for_last(MORE)
    assert rows[0] == PROMPT + "vmcs 0" or rows[0].startswith("0000"), rows[0]
    last = rows[ROWS - 2]
    screen.type("<Enter>")
    rows = screen.wait(lambda rows: rows[ROWS - 3] == last and rows[-1] == MORE, "one line more")
    last = rows[ROWS - 2]
    screen.type(" ")
    rows = screen.wait(lambda rows: rows[-1] == MORE and rows[ROWS - 2] != last, "a screen more")
    assert rows[0] > last, "a line was lost between two screens"
    screen.type("q")
    screen.wait_for_last(PROMPT)
    alone.ask("more off")


def test_interrupt_ends_long_output(alone, screen):
    screen.type("mem 0 64M", "<Enter>")
    screen.wait(lambda rows: all(re.match(r"[0-9a-f]{12}  ", row) for row in rows[:-1]), "memory")
    screen.type("<C-c>")
    screen.wait_for_last(PROMPT)
    assert alone.ask("version").startswith("Tessera")


def test_log_lines_keep_the_typed_text(alone, screen):
    alone.ask("log warn")
    screen.type("<C-l>", "vers", "<Left>")
    screen.wait_for_last(PROMPT + "vers")
    assert alone.guest_runs("each_denial_is_counted_once") is None
    rows = screen.wait_for(r"and \d+ more writes: see `events`")
    assert screen.last() == PROMPT + "vers"
    shown = [row for row in rows if row and row != PROMPT + "vers"]
    assert all(re.match(r"\[ *\d+\.\d{6}\] cpu0 W ", row) for row in shown[:1]), shown
    screen.type("<Right>", "ion", "<Enter>")
    screen.wait_for(r"^Tessera \d")
    alone.ask("log error")


def test_top_is_redrawn_in_place_until_a_key(alone, screen):
    screen.type("top", "<Enter>")
    screen.wait_for(r"^52 PREEMPTION_TIMER +\d+")
    first = screen.wait(lambda rows: rows[0].startswith("Tessera: 1 CPUs,"), "the title")
    screen.wait(lambda rows: rows != first and rows[0].startswith("Tessera: "), "other numbers")
    assert screen.last() == "(press any key to end)"
    screen.type("x")
    screen.wait_for_last(PROMPT)
    assert alone.ask("version").startswith("Tessera")
