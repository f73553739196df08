# SPDX-License-Identifier: MIT
"""A Linux guest: one EFI program that holds kernel, command line and the whole user space."""

import functools
import subprocess
import tempfile
from pathlib import Path, PurePosixPath

from .cpio import Archive
from .paths import BUSYBOX, EFI_STUB, LINUX_ROOT

# Half of an emulated boot would go into printing and into crypto self-tests. Where the kernel lies
# is fixed because each place costs another number of instructions, and we compare those.
COMMAND_LINE = "console=ttyS0,115200 quiet cryptomgr.notests nokaslr"

FOLDERS = ("bin", "dev", "etc", "lib", "proc", "root", "run", "sys", "tmp")
PAGE = 4096

# The usual file systems: what an /init begins with if it wants to look around.
MOUNTS = """\
mount -t devtmpfs none /dev
mount -t proc none /proc
mount -t sysfs none /sys
"""


def kernel_release():
    """The release of the kernel that `deps` unpacked, say 6.1.0-9-cloud-amd64."""
    return (LINUX_ROOT.parent / "release").read_text().strip()


def kernel():
    """That kernel's image."""
    return LINUX_ROOT / "boot" / f"vmlinuz-{kernel_release()}"


def kernel_module(name):
    """One of its modules by file name, say "msr.ko"."""
    modules = LINUX_ROOT / "lib/modules" / kernel_release()
    return next(modules.rglob(name))


@functools.cache
def _applets():
    listing = subprocess.run([BUSYBOX, "--list"], check=True, capture_output=True, text=True)
    return [applet for applet in listing.stdout.split() if applet != BUSYBOX.name]


def make_initramfs(init, files=None):
    """The bytes of an initramfs with busybox, all of its applets, and `init` as its first program.

    `init` is a shell script without its first line; when it ends, the kernel panics, so let it end
    with `poweroff -f`. `files` maps more paths to bytes or to local files.
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

    `options` come after the usual ones on the command line; `image` is another kernel.
    """
    image = Path(image or kernel())
    command_line = f"{COMMAND_LINE} {options}".strip().encode() + b"\0"
    with tempfile.TemporaryDirectory() as work:
        arguments = []
        address = _end_of_stub()
        # The kernel comes last: it is unpacked in place, over whatever follows it.
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
    """The first free page after the stub's own sections."""
    table = subprocess.run(["objdump", "-h", EFI_STUB], check=True, capture_output=True, text=True)
    rows = [line.split() for line in table.stdout.splitlines()]
    sections = [row for row in rows if row and row[0].isdigit()]
    return max(_round_up(int(row[3], 16) + int(row[2], 16)) for row in sections)
