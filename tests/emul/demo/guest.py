# SPDX-License-Identifier: MIT
"""Makes the disk that the demonstration boots: Tessera, its settings and a Linux with our
modules."""

from dataclasses import dataclass
from pathlib import Path

from machine import linux
from machine.image import make_image
from machine.paths import BUILD, LOADER

SOURCES = Path(__file__).resolve().parent / "guest"
MODULES = ("tessera.ko", "tessera_demo.ko")
NEXT = "EFI/linux/linux.efi"


@dataclass
class Parts:
    """The parts that were built before: the loader, the folder of the modules, and the tool."""

    loader: Path = LOADER
    modules: Path = BUILD / "guest/linux"
    tool: Path = BUILD / "guest/tesseractl"


def make_disk(folder, parts, more="", extra=None):
    """Writes the disk image to `folder` and returns its path. `more` holds further lines of
    tessera.conf, `extra` further files of the guest's root."""
    files = {f"lib/{name}": parts.modules / name for name in MODULES} | (extra or {})
    files["bin/demo"] = SOURCES / "demo"
    files["bin/tesseractl"] = parts.tool
    initramfs = linux.make_initramfs((SOURCES / "init").read_text(), files)
    kernel = linux.make_kernel(folder / "linux.efi", initramfs)
    settings = "next = \\" + NEXT.replace("/", "\\") + "\n" + more
    return make_image(folder / "disk.img", {
        "EFI/BOOT/BOOTX64.EFI": parts.loader,
        "EFI/tessera/tessera.conf": settings.encode(),
        NEXT: kernel,
    })
