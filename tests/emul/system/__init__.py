# SPDX-License-Identifier: MIT
"""Runs Tessera on the emulator: under a test agent, under Linux, and on machines that it cannot
use."""
