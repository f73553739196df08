# SPDX-License-Identifier: MIT
"""Builds missing programs before the first test."""

import subprocess

from machine.paths import TOP
from system.guest import AGENT, LOADER


def pytest_collection_finish(session):
    """Builds the loader, and the agent that one of the files uses."""
    if not session.config.option.collectonly:
        subprocess.run(["make", "--no-print-directory", f"BUILD={LOADER.parent}", LOADER, AGENT],
                       cwd=TOP, check=True)
