# SPDX-License-Identifier: MIT
"""The operator's console, tested through a real terminal emulator on the emulated serial line."""
