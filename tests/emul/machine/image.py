# SPDX-License-Identifier: MIT
"""Makes disk images that firmware boots from: one FAT32 EFI system partition at 1 MiB."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from . import partition

# mtools checks a disk's geometry, which no UEFI firmware uses.
MTOOLS_ENVIRONMENT = {"MTOOLS_SKIP_CHECK": "1"}


def make_image(path, files, *, scheme="gpt", size_mib=64):
    """Makes a disk image at `path` and returns the path.

    `files` maps a path on the partition ("EFI/BOOT/BOOTX64.EFI") to its contents: bytes, or the
    path of a local file. `scheme` is the partition table, "gpt" or "mbr". FAT32 needs at least 48
    MiB.
    """
    path = Path(path)
    sectors = size_mib * 1024 * 1024 // partition.SECTOR
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "wb") as disk:
        disk.truncate(sectors * partition.SECTOR)
        partition.write_table(disk, sectors, scheme)
    _format(path, partition.last_sector(sectors, scheme) - partition.FIRST + 1)
    if files:
        _fill(path, files)
    return path


def _mtools(command, path, *arguments):
    """Runs a program of mtools on the image's partition."""
    subprocess.run([command, "-i", f"{path}@@1M", *arguments], check=True,
                   stdin=subprocess.DEVNULL, env=os.environ | MTOOLS_ENVIRONMENT)


def _format(path, sectors):
    # One sector per cluster: a FAT32 disk must have at least 65,525 clusters.
    _mtools("mformat", path, "-F", "-c", "1", "-v", "ESP", "-N", "7e55e2a0",
            "-T", str(sectors), "-h", "16", "-s", "63", "-H", str(partition.FIRST), "::")


def _fill(path, files):
    """Lays the files out in a temporary tree and copies the tree with one command."""
    with tempfile.TemporaryDirectory() as tree:
        for name, source in files.items():
            target = Path(tree, name.replace("\\", "/").lstrip("/"))
            target.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(source, bytes):
                target.write_bytes(source)
            else:
                target.symlink_to(Path(source).resolve(strict=True))
        roots = sorted(str(entry) for entry in Path(tree).iterdir())
        _mtools("mcopy", path, "-s", "-Q", *roots, "::")


def main(arguments):
    """`python3 -m machine.image IMAGE ESPPATH=FILE ...`, called by `make image`."""
    path, *files = arguments
    make_image(Path(path), dict(entry.split("=", 1) for entry in files))


if __name__ == "__main__":
    main(sys.argv[1:])
