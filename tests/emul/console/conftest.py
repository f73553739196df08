# SPDX-License-Identifier: MIT
"""The machines of these tests: each is started for one file, and switched off after it."""

import subprocess

import pytest

from machine.paths import TOP
from system.guest import AGENT, LOADER

from .operator import Operator


def pytest_collection_finish(session):
    """Builds what is missing."""
    if not session.config.option.collectonly:
        subprocess.run(["make", "--no-print-directory", f"BUILD={LOADER.parent}", LOADER, AGENT],
                       cwd=TOP, check=True)


@pytest.fixture(scope="module")
def alone():
    """An operator at a machine with one processor."""
    with Operator("alone", "log = error\n", 1) as operator:
        yield operator


@pytest.fixture(scope="module")
def many():
    """An operator at a machine with four, who may unseal."""
    with Operator("many", "log = error\nunseal = console\n", 4) as operator:
        yield operator
