# SPDX-License-Identifier: MIT
"""Devirtualizes a running guest."""
