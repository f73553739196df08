# SPDX-License-Identifier: MIT
"""What `make test` runs: every suite, two at a time, with its output in build/test/NAME.log.

A suite is a command. Its tests are counted from what its runner prints (cmocka, pytest, or a line
"N passed, N failed"); a command that fails without a failed test counts as one. The last line is
the sum.

The emulator has rare faults of its own under load, so a few failed tests of a pytest suite are run
once more, alone, and said to have passed at the second try; what fails twice has failed.
"""

import os
import re
import subprocess
import sys
import threading
import time
from pathlib import Path

BUILD = Path(os.environ.get("BUILD", "build"))
MAKE = os.environ.get("MAKE", "make")
PYTEST = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]

# In the order in which they start; the long ones come first, so that both cores end together.
SUITES = {
    "system": PYTEST + ["tests/emul/system"],
    "model": PYTEST + ["tests/emul/model"],
    "demo": PYTEST + ["tests/emul/demo"],
    "console": PYTEST + ["tests/emul/console"],
    "linux": PYTEST + ["tests/emul/linux"],
    "devirtualize": PYTEST + ["tests/emul/devirtualize"],
    "boot": PYTEST + ["tests/emul/boot"],
    "machine": PYTEST + ["tests/emul/machine"],
    "unit": [MAKE, "unit"],
    "unit-shell": [MAKE, "unit-shell"],
    "unit-boot": [MAKE, "unit-boot"],
    "unit-tools": [MAKE, "unit-tools"],
    "house": PYTEST + ["tests/host/house"],
    "fuzz": [MAKE, "fuzz-short"],
}
LANES = 2

FAILED = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.M)
SECOND_TRIES = 3  # at most, for one suite

COUNTS = (
    (re.compile(r"\[  PASSED  \] (\d+) test"), "passed"),
    (re.compile(r"\[  FAILED  \] (\d+) test"), "failed"),
    (re.compile(r"\b(\d+) passed"), "passed"),
    (re.compile(r"\b(\d+) (?:failed|error)"), "failed"),
    (re.compile(r"\b(\d+) (?:skipped|xfailed)"), "skipped"),
)


class Suite:
    """One command, run once."""

    def __init__(self, name, command):
        self.name = name
        self.command = command
        self.log = BUILD / "test" / f"{name}.log"
        self.counts = {"passed": 0, "failed": 0, "skipped": 0}
        self.seconds = 0
        self.second = 0  # tests that passed at the second try

    def _command(self, command, mode):
        """Runs one command into the log and returns its status and what it printed."""
        with self.log.open(mode) as log:
            begin = log.tell()
            status = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=log,
                                    stderr=subprocess.STDOUT, check=False).returncode
        return status, self.log.read_bytes()[begin:].decode(errors="replace")

    def _second_try(self, text):
        """Runs the few tests that failed once more; True when they pass."""
        failed = FAILED.findall(text)
        if self.command[:len(PYTEST)] != PYTEST or not 0 < len(failed) <= SECOND_TRIES:
            return False
        status, _ = self._command(PYTEST + failed, "a")
        if status:
            return False
        self.second = len(failed)
        return True

    def run(self):
        """Runs it and counts."""
        started = time.monotonic()
        status, text = self._command(self.command, "w")
        if status and self._second_try(text):
            status = 0
        self.seconds = time.monotonic() - started
        for pattern, kind in COUNTS:
            self.counts[kind] += sum(int(n) for n in pattern.findall(text))
        self.counts["passed"] += self.second
        self.counts["failed"] -= self.second
        if status and not self.counts["failed"]:
            self.counts["failed"] = 1
        if not status and not self.counts["passed"]:
            self.counts["failed"] = 1  # a suite that ran nothing proves nothing

    def report(self):
        """One line, and what went wrong."""
        counts = ", ".join(f"{n} {kind}" for kind, n in self.counts.items() if n)
        again = f" ({self.second} at the second try)" if self.second else ""
        print(f"  {self.name:<12} {self.seconds:6.0f} s   {counts}{again}", flush=True)
        if self.counts["failed"]:
            tail = self.log.read_text(errors="replace").splitlines()[-60:]
            print("\n".join(f"    | {line}" for line in tail), flush=True)
            print(f"    all of it: {self.log}", flush=True)


def lane(waiting, done, lock):
    """Takes one suite after the other until none is left."""
    while True:
        with lock:
            if not waiting:
                return
            suite = waiting.pop(0)
            print(f"  {suite.name:<12} started", flush=True)
        suite.run()
        with lock:
            done.append(suite)
            suite.report()


def main():
    """Runs the suites named on the command line, or all."""
    names = sys.argv[1:] or list(SUITES)
    (BUILD / "test").mkdir(parents=True, exist_ok=True)
    waiting = [Suite(name, SUITES[name]) for name in names]
    done, lock = [], threading.Lock()
    lanes = [threading.Thread(target=lane, args=(waiting, done, lock)) for _ in range(LANES)]
    for thread in lanes:
        thread.start()
    for thread in lanes:
        thread.join()
    total = {kind: sum(s.counts[kind] for s in done) for kind in ("passed", "failed", "skipped")}
    skipped = f", {total['skipped']} skipped" if total["skipped"] else ""
    print(f"{total['passed']} passed, {total['failed']} failed{skipped}")
    return 1 if total["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
