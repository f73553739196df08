# SPDX-License-Identifier: MIT
"""Paths of the tree and of the system, relative to the place of this file."""

import os
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOP = HERE.parents[2]
BUILD = TOP / "build"

# The build under test: CHECKED=1 selects the build that checks its VMCS before each VM entry.
CHECKED = os.environ.get("CHECKED") == "1"
PRODUCT = Path(os.environ.get("BUILD", BUILD)).resolve() / ("checked" if CHECKED else "")
LOADER = PRODUCT / "BOOTX64.EFI"

BOCHS = HERE / "bochs"
BOCHS_ROOT = BUILD / "bochs" / "root"
SAVER = BUILD / "bochs" / "snapshot.so"
LINUX_ROOT = BUILD / "linux" / "root"
MACHINES = BUILD / "machines"
SNAPSHOTS = BUILD / "snapshots"

# Files that Debian packages install.
OVMF = Path("/usr/share/ovmf/OVMF.fd")
OVMF_DIRECTORY = Path("/usr/share/OVMF")
BUSYBOX = Path("/bin/busybox")
EFI_STUB = Path("/usr/lib/systemd/boot/efi/linuxx64.efi.stub")
