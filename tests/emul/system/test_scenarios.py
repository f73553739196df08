# SPDX-License-Identifier: MIT
"""Runs every scenario of the agent on every machine that has enough CPUs for it."""

import pytest

from . import scenarios
from .machines import ENDED, MACHINES_UNDER_TEST


def _cases():
    for machine in MACHINES_UNDER_TEST:
        for scenario in scenarios.load():
            if scenario.processors <= machine.cpus:
                yield pytest.param(marks=pytest.mark.boot(machine, scenario.name),
                                   id=f"{machine.name}-{scenario.name}")
        yield pytest.param(marks=pytest.mark.boot(machine, ENDED), id=f"{machine.name}-end")


@pytest.mark.parametrize((), _cases())
def test_scenario(outcome):
    assert outcome in (None, True), outcome
