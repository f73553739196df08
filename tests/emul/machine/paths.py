# SPDX-License-Identifier: MIT
"""Where things are, all found from the place of this file."""

from pathlib import Path

HERE = Path(__file__).resolve().parent
TOP = HERE.parents[2]
BUILD = TOP / "build"

BOCHS = HERE / "bochs"
BOCHS_ROOT = BUILD / "bochs" / "root"
SAVER = BUILD / "bochs" / "snapshot.so"
LINUX_ROOT = BUILD / "linux" / "root"
MACHINES = BUILD / "machines"
SNAPSHOTS = BUILD / "snapshots"

# What Debian's own packages put on the system.
OVMF = Path("/usr/share/ovmf/OVMF.fd")
OVMF_DIRECTORY = Path("/usr/share/OVMF")
BUSYBOX = Path("/bin/busybox")
EFI_STUB = Path("/usr/lib/systemd/boot/efi/linuxx64.efi.stub")
