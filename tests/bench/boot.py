# SPDX-License-Identifier: MIT
"""Measures the boot of Linux, from loading the kernel's file to the first program."""

import re

from machine import linux

from . import micro, stage
from .figure import Figure

TIMEOUT = 300
BLOCK_KIB = re.compile(r"reserved block +\S+ (\d+) KiB")
FREE_PAGES = re.compile(r"pool .* (\d+) free")
EXIT_LINE = re.compile(r"^ *\d+ (\S+) +(\d+)\s*$", re.M)
PAGE = 4096

# Exits that an unmodified Linux on this CPU causes under any hypervisor, and the exits of the timer
# by which Tessera polls its console.
UNAVOIDABLE = ("CPUID", "XSETBV", "PREEMPTION_TIMER")


def _kernel():
    """Builds a kernel whose first program is the benchmark's: `rdinit` names it, so /init never
    runs."""
    archive = linux.make_initramfs("", {"init.bench": stage.BENCH / "init"})
    return linux.make_kernel(stage.BENCH / "linux.efi", archive, options="rdinit=/init.bench")


def _ticks(run):
    """Returns the ticks from the moment before the last loader has the firmware load the kernel."""
    return run.init() - run.stages()[-1][1]


def _exits(run, cpus):
    counts = {name: int(count) for name, count in EXIT_LINE.findall(run.answers["exits"])}
    beyond = sum(count for name, count in counts.items() if name not in UNAVOIDABLE)
    total = sum(counts.values())
    return [Figure("linux_boot_exits", "exits", cpus, "hardware", tessera=total, exits=total),
            Figure("linux_boot_exits_beyond", "exits", cpus, "hardware", tessera=beyond)] + [
        Figure(f"linux_boot_exits_{name.lower()}", "exits", cpus, "hardware", tessera=count)
        for name, count in counts.items()]


def _memory(run, cpus):
    """Returns the used memory: the reserved block without its free pages."""
    pool = run.answers["pool"]
    used = int(BLOCK_KIB.search(pool)[1]) * 1024 - int(FREE_PAGES.search(pool)[1]) * PAGE
    return Figure("memory_used", "bytes", cpus, "hardware", tessera=used)


def _on(kernel, cpus):
    native = stage.Run(stage.disk(kernel), cpus, TIMEOUT)
    same_map = stage.Run(stage.disk(kernel, stage.BENCH / "start-reserve.efi"), cpus, TIMEOUT)
    tessera = stage.Run(stage.disk(kernel, stage.LOADER), cpus, TIMEOUT, ("exits", "pool"))
    exits = _exits(tessera, cpus)
    figures = [
        Figure("linux_init", "ticks", cpus, "hardware", _ticks(native), _ticks(tessera),
               exits=exits[0].exits),
        Figure("linux_init_same_map", "ticks", cpus, "hardware", _ticks(same_map),
               _ticks(tessera)),
        *exits, _memory(tessera, cpus)]
    return figures + ([micro.startup(native, tessera, cpus)] if cpus > 1 else [])


def measure():
    """Measures all figures of this module."""
    kernel = _kernel()
    return [*_on(kernel, 1), *_on(kernel, 2)]
