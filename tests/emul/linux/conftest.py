# SPDX-License-Identifier: MIT
"""Starts one machine per engine for all tests of this folder, which run in their order."""

import pytest

from . import guest as guests


@pytest.fixture(name="guest", scope="session", params=guests.MODELS)
def _guest(request, tmp_path_factory):
    guests.build()
    with guests.start(tmp_path_factory.mktemp(request.param), request.param) as machine:
        guest = guests.Guest(machine, request.param)
        guest.await_shell()
        yield guest
