# SPDX-License-Identifier: MIT
"""Measures Tessera on the emulator. Prints a table and writes the same figures to build/bench.json.

    python3 tests/bench/run.py [static] [micro] [boot] [driver]
"""

import os
import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS), str(TESTS / "emul")]

# pylint: disable=wrong-import-position
from bench import boot, driver, micro, report, static
from machine.paths import BUILD, TOP

PARTS = {"static": static, "micro": micro, "boot": boot, "driver": driver}


def main():
    """Runs the parts named on the command line, or all of them."""
    make = os.environ.get("MAKE", "make")
    subprocess.run([make, "--no-print-directory", "bench-programs"], cwd=TOP, check=True)
    figures = []
    for name in sys.argv[1:] or PARTS:
        print(f"measuring: {name}", flush=True)
        figures += PARTS[name].measure()
    print(*report.table(figures), sep="\n")
    report.write(BUILD / "bench.json", figures)
    print(f"written: {BUILD / 'bench.json'}")


if __name__ == "__main__":
    main()
