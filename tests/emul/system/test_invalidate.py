# SPDX-License-Identifier: MIT
"""The emulator drops its cached translations at every VM exit, so no guest can tell whether a
shootdown invalidates. The test therefore checks the compiled code."""

import subprocess

from machine.paths import PRODUCT


def test_a_shootdown_invalidates():
    code = subprocess.run(["objdump", "-d", "--disassemble=invalidate_here",
                           PRODUCT / "tessera.elf"],
                          check=True, capture_output=True, text=True).stdout
    assert "invept" in code
