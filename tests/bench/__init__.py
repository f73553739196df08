# SPDX-License-Identifier: MIT
"""What Tessera costs, in ticks of the emulator: one tick is one instruction."""
