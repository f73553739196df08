# SPDX-License-Identifier: MIT
"""Hostile cases: a guest does what it should not, natively and under Tessera."""
