# SPDX-License-Identifier: MIT
"""Devirtualizing while the guest runs."""
