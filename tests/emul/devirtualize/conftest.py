# SPDX-License-Identifier: MIT
"""Builds missing programs before the first test."""

from machine.product import build
from system.guest import AGENT, LOADER


def pytest_collection_finish(session):
    """Builds the loader, and the agent that one of the files uses."""
    if not session.config.option.collectonly:
        build(LOADER, AGENT)
