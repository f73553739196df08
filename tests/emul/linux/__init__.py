# SPDX-License-Identifier: MIT
"""Tests of the Linux driver, also under attack: one boot of Linux per engine, with many checks in
it."""
