# SPDX-License-Identifier: MIT
"""After any input on the line, the machine runs and the console answers."""

import random
import re

import pytest

from .operator import INTERRUPT

SIZE = 100_000
SIZE_OF_KEYS = 20_000
TIME_TO_SWALLOW = 120

# Bytes that a shell takes for keys, more often than chance would produce them.
KEYS = (b"\x1b[A", b"\x1b[B", b"\t", b"\r", b"\x1b[1;5D", b"\x7f", b"\x03", b"\x15", b"\x1b[3~",
        b"help", b"vmcs 0 | match ", b"events follow", b"\"", b"|", b"top\r")


def noise():
    """Returns 100 KB of random bytes."""
    return random.Random(1).randbytes(SIZE)


def keys():
    """Returns keys and words with random bytes between them."""
    dice, parts = random.Random(2), []
    while sum(map(len, parts)) < SIZE_OF_KEYS:
        parts += [dice.choice(KEYS), dice.randbytes(dice.randrange(4))]
    return b"".join(parts)


@pytest.mark.parametrize("flood", (noise, keys))
def test_100_kb_of_anything(alone, flood):
    alone.port.send(flood())
    alone.port.send(f"{INTERRUPT}{flood.__name__}\r")
    alone.port.expect(f"no command `{flood.__name__}`", TIME_TO_SWALLOW)
    alone.drop_what_came()
    assert alone.ask("version").startswith("Tessera ")
    assert "selftest passed" in alone.ask("selftest")
    assert re.search(r"EPT +\d+ tables", alone.ask("pool"))
    assert alone.guest_runs("each_tile_denied") is None


def test_lost_input_is_reported(alone):
    """Typing ahead of a running command: the console drops what it cannot keep, and says so."""
    alone.type("top\r" + "x" * 3000)
    alone.port.expect(r"\[\d+ bytes? of input (?:was|were) lost\]", TIME_TO_SWALLOW)
    alone.interrupt()
    assert alone.ask("version").startswith("Tessera ")


def test_a_long_line_is_kept_to_its_limit(alone):
    alone.type("y" * 400)
    alone.port.expect("y{60}", TIME_TO_SWALLOW)
    alone.type("\r")
    alone.port.expect(r"no command `y{127}`", TIME_TO_SWALLOW)
    alone.drop_what_came()
    assert alone.ask("version").startswith("Tessera ")
