# SPDX-License-Identifier: MIT
"""What `make run` shows: Tessera boots Linux and guards one tile of its memory."""
