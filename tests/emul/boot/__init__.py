# SPDX-License-Identifier: MIT
"""System tests of the loader, with the smallest guest in place of an operating system."""
