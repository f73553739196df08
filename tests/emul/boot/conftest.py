# SPDX-License-Identifier: MIT
"""What the tests of the loader share."""

import pytest

from machine.image import make_image
from machine.probe import build_probe

from .esp import esp


@pytest.fixture(scope="session", name="probe")
def _probe(tmp_path_factory):
    return build_probe(tmp_path_factory.mktemp("probe"))


@pytest.fixture(name="disk")
def _disk(probe, tmp_path):
    """Makes a disk with the loader, those settings, and the probe where `next` would be."""
    def make(settings="", files=None, **changes):
        contents = esp(settings, probe, **changes) | (files or {})
        return make_image(tmp_path / "esp.img", contents)
    return make
