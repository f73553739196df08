# SPDX-License-Identifier: MIT
"""Measures the cost of Tessera in ticks of the emulator: one tick is one instruction."""
