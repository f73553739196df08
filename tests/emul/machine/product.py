# SPDX-License-Identifier: MIT
"""Builds the programs that tests of the emulator run."""

import subprocess

from .paths import LOADER, TOP


def build(*targets):
    """Makes targets of the build under test that are missing or out of date."""
    subprocess.run(["make", "--no-print-directory", f"BUILD={LOADER.parent}", *targets],
                   cwd=TOP, check=True)
