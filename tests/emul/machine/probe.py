# SPDX-License-Identifier: MIT
"""Builds EFI programs, among them the one in probe.c."""

import subprocess
from pathlib import Path

from .paths import HERE

LIB = Path("/usr/lib")
INCLUDE = Path("/usr/include/efi")
COMPILE = ("-O2", "-Wall", "-Wextra", "-Werror", "-ffreestanding", "-fpic", "-fshort-wchar",
           "-fno-stack-protector", "-mno-red-zone", "-DGNU_EFI_USE_MS_ABI")
SECTIONS = (".text", ".sdata", ".data", ".rodata", ".dynamic", ".dynsym", ".rel*", ".rela*",
            ".reloc")


def build_program(source, folder, name, defines=()):
    """Compiles the EFI program in `source` with those macros to NAME.efi in `folder` and returns
    its path."""
    unlinked, linked, program = (Path(folder, f"{name}.{kind}") for kind in ("o", "so", "efi"))
    subprocess.run(["gcc", *COMPILE, *(f"-D{macro}" for macro in defines), f"-I{INCLUDE}",
                    f"-I{INCLUDE / 'x86_64'}", "-c", source, "-o", unlinked], check=True)
    subprocess.run(["ld", "-nostdlib", "-znocombreloc", "-shared", "-Bsymbolic", "-L", LIB,
                    "-T", LIB / "elf_x86_64_efi.lds", LIB / "crt0-efi-x86_64.o", unlinked,
                    "-o", linked, "-lefi", "-lgnuefi"], check=True)
    copied = [argument for section in SECTIONS for argument in ("-j", section)]
    subprocess.run(["objcopy", *copied, "--target", "efi-app-x86_64", linked, program], check=True)
    return program


def build_probe(folder):
    """Builds probe.efi in `folder` and returns its path."""
    return build_program(HERE / "probe.c", folder, "probe")
