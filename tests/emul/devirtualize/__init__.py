# SPDX-License-Identifier: MIT
"""Taking Tessera off while the guest runs."""
