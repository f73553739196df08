# SPDX-License-Identifier: MIT
"""Facts that the tool and the loader both state are the same in both."""

import re

from machine.paths import TOP


def read(path):
    """Returns the text of a file of the tree."""
    return (TOP / path).read_text(encoding="utf-8")


def test_the_name_of_the_variable_that_counts_starts():
    attempts = read("boot/place/attempts.h")
    name = re.search(r'ATTEMPTS_NAME L"(\w+)"', attempts)[1]
    numbers = [int(number, 0) for number in re.findall(r"\b(0x[0-9a-f]+|0)\b",
               attempts.split("define ATTEMPTS_GUID")[1].split("//")[0])]
    first, second, third, *rest = numbers
    guid = f"{first:08x}-{second:04x}-{third:04x}-{bytes(rest[:2]).hex()}-{bytes(rest[2:8]).hex()}"
    assert f"{name}-{guid}" in read("guest/tools/attempts.c")


def test_the_path_of_the_installed_loader():
    """The loader's `remove` finds the file that tesseractl installed."""
    loader = re.search(r'LOADER_FILE L"([^"]+)"', read("boot/place/install.c"))[1]
    ours = re.search(r'BOOT_LOADER +"([^"]+)"', read("guest/tools/bootentry.h"))[1]
    assert ours == loader
    assert loader.replace("\\\\", "/") in read("guest/tools/cmd_install.c")
