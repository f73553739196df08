# SPDX-License-Identifier: MIT
"""Plays a random game on the emulator and compares the results with a small model of the rules."""
