# SPDX-License-Identifier: MIT
"""The Linux driver under attack: one boot of Linux an engine, and many checks in it."""
