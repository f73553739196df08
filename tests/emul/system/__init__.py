# SPDX-License-Identifier: MIT
"""Tessera on the emulator: under a test agent, under Linux, and where it cannot run."""
