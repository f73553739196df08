# SPDX-License-Identifier: MIT
"""Figures that need no emulator: sizes, lines, and the hypervisor's memory per region."""

import subprocess

from machine.paths import BUILD, TOP

from .figure import Figure
from .stage import BENCH, LOADER

PAGE = 4096
ROOMS = ("hv", "vmx", "ept", "spp")
COMMENTS = {".c": "//", ".h": "//", ".asm": ";", ".inc": ";"}


def _sources():
    for room in ROOMS:
        for path in sorted((TOP / room).rglob("*")):
            if path.suffix in COMMENTS:
                yield path


def count_lines():
    """Counts the hypervisor's lines: (code, comments). A line with code and a comment counts as
    code."""
    code = comments = 0
    for path in _sources():
        for line in path.read_text().splitlines():
            text = line.strip()
            comment = text.startswith(COMMENTS[path.suffix])
            comments += comment
            code += bool(text) and not comment
    return code, comments


def _region_pages():
    """Returns the pages that 1,000 scattered regions take, by engine."""
    said = subprocess.run([BENCH / "memory"], check=True, capture_output=True, text=True).stdout
    return {engine: int(pages) for engine, pages in (line.split() for line in said.splitlines())}


def measure():
    """Measures all figures of this module."""
    code, comments = count_lines()
    sizes = [Figure("image_bytes", "bytes", tessera=(BUILD / "tessera.bin").stat().st_size),
             Figure("loader_bytes", "bytes", tessera=LOADER.stat().st_size)]
    lines = [Figure("hv_lines", "lines", tessera=code),
             Figure("hv_comment_lines", "lines", tessera=comments)]
    regions = [Figure("memory_1000_regions", "bytes", engine=engine, tessera=pages * PAGE)
               for engine, pages in _region_pages().items()]
    return sizes + lines + regions
