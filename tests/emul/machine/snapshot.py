# SPDX-License-Identifier: MIT
"""Saves states of Bochs in which the firmware has not yet read the files on the disk.

Such a state goes with any disk image of the same size and partition table. The data that the
firmware has read until then is the same on all of them, except for the count of free clusters. A
loader that asks for free space gets the count of the empty disk with which the state was made.
"""

import hashlib
import os
import shutil
import struct
import subprocess
import tempfile
from pathlib import Path

from . import bochsrc
from .emulator import bound
from .image import make_image
from .partition import FIRST, SECTOR
from .paths import BOCHS, BOCHS_ROOT, HERE, SAVER, SNAPSHOTS

DISK = "hard_drive.0.drive0.image"  # Bochs' name for its copy of the disk
TIME_TO_SAVE = 60
HEAD = FIRST * SECTOR


def state_of(machine):
    """Returns the folder of the state that fits a `Bochs`. Makes the state if it is missing.

    Returns None if the state cannot be made: the log beside it has the reason, and the machine must
    start cold.
    """
    folder = SNAPSHOTS / _key(machine)
    if not folder.exists():
        _make(machine, folder)
    return folder if folder.exists() else None


def saving(folder):
    """Returns the environment in which Bochs saves its state to a new folder at SIGUSR1."""
    folder.mkdir(parents=True)
    return {"SAVER": str(SAVER), "SNAPSHOT": str(folder)}


def finish(folder):
    """Completes a state that Bochs has saved."""
    # Most of the memory is zero: make its file sparse.
    subprocess.run(["fallocate", "--dig-holes", folder / "memory.ram"], check=True)
    (folder / DISK).unlink()


def lay_out(saved, work, name, configuration, image):
    """Makes the folder `name` in `work` for Bochs to restore from, with another disk in it.

    Bochs copies the disk over disk.img, which must exist and have the right size.
    """
    folder = work / name
    folder.mkdir()
    for part in saved.iterdir():
        if part.name not in ("config", DISK):
            (folder / part.name).symlink_to(part)
    (folder / "config").write_text(configuration)
    (folder / DISK).symlink_to(image)
    with open(work / "disk.img", "wb") as disk:
        disk.truncate(image.stat().st_size)


def _key(machine):
    """Returns a name for a state that depends on all inputs of the state."""
    firmware = Path(machine.firmware).stat()
    with open(machine.image, "rb") as disk:
        head = disk.read(HEAD)
    parts = (bochsrc.configuration(machine), machine.msrs, machine.image.stat().st_size,
             firmware.st_size, firmware.st_mtime_ns, (BOCHS_ROOT / "stamp").read_text(),
             (HERE / "snapshot.c").read_text(), (HERE / "patch.h").read_text())
    digest = hashlib.sha256(head)
    for part in parts:
        digest.update(f"{part}\0".encode())
    return f"{machine.model}-{machine.cpus}-{machine.memory}-{digest.hexdigest()[:16]}"


def _make(machine, folder):
    """Runs the machine with an empty disk up to that moment, and keeps the state as `folder`.

    Several processes may make the same state at the same time: the first one to finish wins.
    """
    SNAPSHOTS.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=SNAPSHOTS) as name:
        work = Path(name)
        state = work / "saved"
        state.mkdir()
        scheme = "gpt" if _is_gpt(machine.image) else "mbr"
        disk = make_image(work / "disk.img", {}, scheme=scheme,
                          size_mib=machine.image.stat().st_size >> 20)
        (work / "bochsrc").write_text(bochsrc.configuration(machine))
        (work / "msrs").write_text(machine.msrs or "")
        environment = os.environ | {"SAVER": str(SAVER), "SNAPSHOT": str(state),
                                    "SNAPSHOT_END": str(_root_directory(disk))}
        with open(folder.with_suffix(".log"), "wb") as log:
            try:
                ended = subprocess.run(
                    bound([BOCHS, "-f", "bochsrc"]), cwd=work, env=environment, check=False,
                    timeout=TIME_TO_SAVE, stdin=subprocess.DEVNULL, stdout=log,
                    stderr=subprocess.STDOUT)
            except subprocess.TimeoutExpired:
                return
        if ended.returncode or not (state / DISK).exists():
            return
        finish(state)
        if not folder.exists():
            shutil.move(state, folder)


def _is_gpt(image):
    with open(image, "rb") as disk:
        disk.seek(SECTOR)
        return disk.read(8) == b"EFI PART"


def _root_directory(image):
    """Returns the offset on the disk of the FAT32 partition's root directory."""
    with open(image, "rb") as disk:
        disk.seek(FIRST * SECTOR)
        boot = disk.read(SECTOR)
    reserved, tables = struct.unpack_from("<HB", boot, 14)
    table_size, = struct.unpack_from("<I", boot, 36)
    return (FIRST + reserved + tables * table_size) * SECTOR
