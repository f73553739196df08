# SPDX-License-Identifier: MIT
"""A test names its machine with @pytest.mark.boot(recipe, part). The fixture `outcome` is the
result."""

import pytest

from machine.product import build

from .guest import AGENT, LOADER
from .lanes import Lanes

LANES = Lanes()


def pytest_configure(config):
    """Registers our marker."""
    config.addinivalue_line("markers", "boot(recipe, part): the machine that the test looks at")


def pytest_collection_finish(session):
    """Builds missing programs, and starts the machines of all selected tests."""
    if session.config.option.collectonly:
        return
    build(LOADER, AGENT)
    for item in session.items:
        marker = item.get_closest_marker("boot")
        if marker:
            LANES.want(*marker.args)
    LANES.start()


def pytest_sessionfinish():
    """Stops all machines when a session is cut short."""
    LANES.stop()


@pytest.fixture
def outcome(request):
    """Returns the result of the recipe that the test names."""
    return LANES.result(*request.node.get_closest_marker("boot").args)
