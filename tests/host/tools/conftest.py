# SPDX-License-Identifier: MIT
"""Helpers that the tests of the built tool and of its packages share."""

import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(TOP / "tests/emul"))


def text_of(command, **options):
    """Runs a command that must succeed, and returns its output."""
    ran = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


@pytest.fixture(name="say", scope="session")
def _say():
    return text_of
