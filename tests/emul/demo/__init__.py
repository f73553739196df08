# SPDX-License-Identifier: MIT
"""The demonstration of `make run`: Tessera boots Linux and guards one tile of its memory."""
