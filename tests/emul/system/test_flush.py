# SPDX-License-Identifier: MIT
"""The emulator forgets its translations at every VM exit, so no guest can tell whether a shoot-down
invalidates. The code can."""

import subprocess

from machine.paths import PRODUCT


def test_a_shoot_down_invalidates():
    code = subprocess.run(["objdump", "-d", "--disassemble=flush_here", PRODUCT / "tessera.elf"],
                          check=True, capture_output=True, text=True).stdout
    assert "invept" in code
