# SPDX-License-Identifier: MIT
"""A random game on the emulator, compared with a small model of what the rules mean."""
