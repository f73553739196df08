# SPDX-License-Identifier: MIT
"""The machines of these tests: each is started for one file and switched off after it."""

import pytest

from machine.product import build
from system.guest import AGENT, LOADER

from .operator import Operator


def pytest_collection_finish(session):
    """Builds the agent and the loader if they are missing."""
    if not session.config.option.collectonly:
        build(LOADER, AGENT)


@pytest.fixture(scope="module")
def alone():
    """Returns an operator at a machine with one CPU."""
    with Operator("alone", "log = error\n", 1) as operator:
        yield operator


@pytest.fixture(scope="module")
def many():
    """Returns an operator at a machine with four CPUs, who may unseal."""
    with Operator("many", "log = error\nunseal = console\n", 4) as operator:
        yield operator
