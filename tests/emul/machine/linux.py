# SPDX-License-Identifier: MIT
"""Makes a Linux guest: one EFI program with the kernel, its command line and the whole user
space."""

import functools
import subprocess
import tempfile
from pathlib import Path, PurePosixPath

from .cpio import Archive
from .paths import BUSYBOX, EFI_STUB, LINUX_ROOT

# Printing and crypto self-tests would take half of an emulated boot. The kernel's address is fixed,
# because the number of instructions depends on it, and the benchmark compares those numbers.
COMMAND_LINE = "console=ttyS0,115200 quiet cryptomgr.notests nokaslr"

FOLDERS = ("bin", "dev", "etc", "lib", "proc", "root", "run", "sys", "tmp")
PAGE = 4096

# Mounts the usual file systems, for an /init that reads them.
MOUNTS = """\
mount -t devtmpfs none /dev
mount -t proc none /proc
mount -t sysfs none /sys
"""


def kernel_release():
    """Returns the release of the kernel that `deps` unpacked, for example 6.1.0-9-cloud-amd64."""
    return (LINUX_ROOT.parent / "release").read_text().strip()


def kernel():
    """Returns the path of that kernel's image."""
    return LINUX_ROOT / "boot" / f"vmlinuz-{kernel_release()}"


def kernel_module(name):
    """Returns the path of one of its modules, given its file name, for example "msr.ko"."""
    modules = LINUX_ROOT / "lib/modules" / kernel_release()
    return next(modules.rglob(name))


@functools.cache
def _applets():
    listing = subprocess.run([BUSYBOX, "--list"], check=True, capture_output=True, text=True)
    return [applet for applet in listing.stdout.split() if applet != BUSYBOX.name]


def make_initramfs(init, files=None):
    """Returns the bytes of an initramfs with busybox, all its applets, and `init` as the first
    program.

    `init` is a shell script without its first line. The kernel panics when it ends, so it must end
    with `poweroff -f`. `files` maps further paths to bytes or to local files.
    """
    archive = Archive()
    for folder in FOLDERS:
        archive.folder(folder)
    archive.device("dev/console", 5, 1)
    archive.device("dev/null", 1, 3)
    archive.file("bin/busybox", BUSYBOX.read_bytes())
    for applet in _applets():
        archive.link(f"bin/{applet}", "busybox")
    archive.file("init", f"#!/bin/sh\n{init}\n".encode())
    made = {*FOLDERS}
    for name, source in (files or {}).items():
        path = PurePosixPath(name.lstrip("/"))
        for folder in [*reversed(path.parents)][1:]:
            if str(folder) not in made:
                made.add(str(folder))
                archive.folder(str(folder))
        archive.file(str(path), source if isinstance(source, bytes) else Path(source).read_bytes())
    return archive.bytes()


def make_kernel(path, initramfs, *, options="", image=None):
    """Writes a unified kernel image to `path`: an EFI program that needs no arguments.

    `options` follow the usual ones on the command line; `image` is another kernel.
    """
    image = Path(image or kernel())
    command_line = f"{COMMAND_LINE} {options}".strip().encode() + b"\0"
    with tempfile.TemporaryDirectory() as work:
        arguments = []
        address = _end_of_stub()
        # The kernel comes last: it is unpacked in place, over the data behind it.
        for name, data in ((".cmdline", command_line), (".initrd", initramfs),
                           (".linux", image.read_bytes())):
            part = Path(work, name)
            part.write_bytes(data)
            arguments += ["--add-section", f"{name}={part}",
                          "--change-section-vma", f"{name}={address:#x}"]
            address += _round_up(len(data))
        subprocess.run(["objcopy", *arguments, EFI_STUB, path], check=True)
    return Path(path)


def _round_up(size):
    return -(-size // PAGE) * PAGE


@functools.cache
def _end_of_stub():
    """Returns the first free page after the stub's own sections."""
    table = subprocess.run(["objdump", "-h", EFI_STUB], check=True, capture_output=True, text=True)
    rows = [line.split() for line in table.stdout.splitlines()]
    sections = [row for row in rows if row and row[0].isdigit()]
    return max(_round_up(int(row[3], 16) + int(row[2], 16)) for row in sections)
