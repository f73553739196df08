# SPDX-License-Identifier: MIT
"""tests/scenarios.md is complete and correct."""

import re
import subprocess

from machine.paths import TOP

from . import scenarios

PAGE = (TOP / "tests/scenarios.md").read_text()
ROWS = re.findall(r"^\| (\d+) \| [^|]* \| (.*) \|$", PAGE, re.M)
SUBJECTS = re.findall(r"^\| \d+ \| ([^|]*\S) \| .* \|$", PAGE, re.M)
CALLS = re.search(r"^## The calls$(.*?)^## ", PAGE, re.M | re.S)[1]


def test_every_number_has_its_row():
    assert [int(number) for number, _ in ROWS] == list(range(1, 80))


def test_every_row_has_its_own_subject():
    assert len(SUBJECTS) == len(set(SUBJECTS)) == len(ROWS)


def test_every_name_of_the_page_is_in_the_tree():
    """Names of tests and of functions that were broken on purpose exist in the tree."""
    for name in sorted(set(re.findall(r"`(\w+_\w+)`", PAGE))):
        found = subprocess.run(["git", "grep", "-qw", name, "--", "*.c", "*.h", "*.py", "*.asm"],
                               cwd=TOP, check=False).returncode
        assert found == 0, f"tests/scenarios.md names {name}, which is not in the tree"


def test_every_name_is_a_scenario():
    named = {name for _, row in ROWS for name in re.findall(r"`(\w+)`", row)}
    known = {scenario.name for scenario in scenarios.load()}
    assert named - known == {"corei7_skylake_x"}


def test_the_calls_are_tested_by_scenarios():
    named = set(re.findall(r"`(\w+)`", CALLS))
    known = {scenario.name for scenario in scenarios.load()}
    assert len(named) > 20 and named - known == {"many_at_once"}


def test_the_agent_has_the_same_numbers():
    numbers = {scenario.name: scenario.numbers for scenario in scenarios.load()}
    for number, row in ROWS:
        for name in re.findall(r"`(\w+)`", row):
            assert name not in numbers or int(number) in numbers[name], (name, number)
