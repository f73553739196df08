# SPDX-License-Identifier: MIT
"""Whatever comes in on the line: the machine lives, and the console answers afterwards."""

import random
import re

import pytest

from .operator import INTERRUPT

SIZE = 100_000
SIZE_OF_KEYS = 20_000
TIME_TO_SWALLOW = 120

# What a shell takes for keys, more often than chance would have it.
KEYS = (b"\x1b[A", b"\x1b[B", b"\t", b"\r", b"\x1b[1;5D", b"\x7f", b"\x03", b"\x15", b"\x1b[3~",
        b"help", b"vmcs 0 | match ", b"events follow", b"\"", b"|", b"top\r")


def noise():
    """100 KB of random bytes."""
    return random.Random(1).randbytes(SIZE)


def keys():
    """Keys and words with random bytes between them."""
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


def test_lost_bytes_are_told(alone):
    """Typed ahead of a command that runs: more than the console keeps is dropped, and said."""
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
