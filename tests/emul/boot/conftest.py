# SPDX-License-Identifier: MIT
"""Fixtures that the tests of the loader share."""

import pytest

from machine.image import make_image
from machine.probe import build_probe

from .esp import esp


@pytest.fixture(scope="session", name="probe")
def _probe(tmp_path_factory):
    return build_probe(tmp_path_factory.mktemp("probe"))


@pytest.fixture(name="disk")
def _disk(probe, tmp_path):
    """Returns a function that makes a disk with the loader, these settings, and the probe as
    `next`."""
    def make(settings="", files=None, **changes):
        contents = esp(settings, probe, **changes) | (files or {})
        return make_image(tmp_path / "esp.img", contents)
    return make
