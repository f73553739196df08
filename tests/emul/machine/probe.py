# SPDX-License-Identifier: MIT
"""Builds the EFI program in probe.c."""

import subprocess
from pathlib import Path

from .paths import HERE

LIB = Path("/usr/lib")
INCLUDE = Path("/usr/include/efi")
COMPILE = ("-O2", "-Wall", "-Wextra", "-Werror", "-ffreestanding", "-fpic", "-fshort-wchar",
           "-fno-stack-protector", "-mno-red-zone", "-DGNU_EFI_USE_MS_ABI")
SECTIONS = (".text", ".sdata", ".data", ".rodata", ".dynamic", ".dynsym", ".rel*", ".rela*",
            ".reloc")


def build_probe(folder):
    """Leaves probe.efi in `folder` and returns its path."""
    unlinked, linked, program = (Path(folder, f"probe.{kind}") for kind in ("o", "so", "efi"))
    subprocess.run(["gcc", *COMPILE, f"-I{INCLUDE}", f"-I{INCLUDE / 'x86_64'}",
                    "-c", HERE / "probe.c", "-o", unlinked], check=True)
    subprocess.run(["ld", "-nostdlib", "-znocombreloc", "-shared", "-Bsymbolic", "-L", LIB,
                    "-T", LIB / "elf_x86_64_efi.lds", LIB / "crt0-efi-x86_64.o", unlinked,
                    "-o", linked, "-lgnuefi", "-lefi"], check=True)
    copied = [argument for section in SECTIONS for argument in ("-j", section)]
    subprocess.run(["objcopy", *copied, "--target", "efi-app-x86_64", linked, program], check=True)
    return program
