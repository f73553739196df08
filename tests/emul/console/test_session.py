# SPDX-License-Identifier: MIT
"""The session in docs/console.md is a real session of the console: only its numbers may differ."""

from . import session
from .operator import Operator


def test_the_page_shows_a_real_session():
    with Operator("session", session.SETTINGS, 1) as operator:
        now = session.text_of(session.play(operator))
    assert session.shape(now) == session.shape(session.recorded()), \
        "docs/console.md is old: run `make docs-console`"
