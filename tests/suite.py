# SPDX-License-Identifier: MIT
"""Runs the test suites for `make test`, two at a time; their output goes to build/test/NAME.log.

A suite is a command. Its tests are counted from the output of its runner (cmocka, pytest, or a line
"N passed, N failed"). A command that fails without a failed test, or that passes without a test,
counts as one failed test. The last line is the sum.

If only a few tests of a pytest suite fail, they run a second time, alone. A test that passes then
is flaky, and its name is printed. With CI=true a flaky test counts as failed. Otherwise it counts
as passed; its cause must still be found.
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
CI = os.environ.get("CI", "").lower() in ("1", "true", "yes")
PYTEST = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]

# Suites start in this order. The long ones come first, so that both cores finish together.
SUITES = {
    "system": PYTEST + ["tests/emul/system"],
    "checked": ["env", "CHECKED=1", "SECONDS=30"] + PYTEST + [
        "tests/emul/system/test_scenarios.py", "tests/emul/model",
        "-k", "hardware-1 or hardware-4 or skylake"],
    "model": PYTEST + ["tests/emul/model"],
    "hostile": PYTEST + ["tests/emul/hostile"],
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

FAILED = re.compile(r"^(?:FAILED|ERROR) (\S+?::.+?)(?: - .*)?$", re.M)
SECOND_TRIES = 3  # A suite with more failed tests than this gets no second try.

COUNTS = (
    (re.compile(r"\[  PASSED  \] (\d+) test"), "passed"),
    (re.compile(r"\[  FAILED  \] (\d+) test"), "failed"),
    (re.compile(r"\b(\d+) passed"), "passed"),
    (re.compile(r"\b(\d+) (?:failed|error)"), "failed"),
    (re.compile(r"\b(\d+) (?:skipped|xfailed)"), "skipped"),
)


class Suite:
    """Runs one command once and counts its tests."""

    def __init__(self, name, command):
        self.name = name
        self.command = command
        self.log = BUILD / "test" / f"{name}.log"
        self.counts = {"passed": 0, "failed": 0, "skipped": 0}
        self.seconds = 0
        self.flaky = []  # names of tests that passed only at the second try
        self.output = ""  # the output of the first try

    def _command(self, command, mode):
        """Runs a command with its output in the log; returns its status and its output."""
        with self.log.open(mode) as log:
            begin = log.tell()
            status = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=log,
                                    stderr=subprocess.STDOUT, check=False).returncode
        return status, self.log.read_bytes()[begin:].decode(errors="replace")

    def _second_try(self, text):
        """Runs failed tests again if they are few; returns the names of those that pass now."""
        failed = FAILED.findall(text)
        if self.command[:len(PYTEST)] != PYTEST or not 0 < len(failed) <= SECOND_TRIES:
            return []
        _, again = self._command(PYTEST + ["-rA"] + failed, "a")
        return [name for name in failed if re.search(rf"^PASSED {re.escape(name)}$", again, re.M)]

    def run(self):
        """Runs the suite and counts its tests."""
        started = time.monotonic()
        status, self.output = self._command(self.command, "w")
        if status:
            self.flaky = self._second_try(self.output)
        self.seconds = time.monotonic() - started
        for pattern, kind in COUNTS:
            self.counts[kind] += sum(int(n) for n in pattern.findall(self.output))
        if status and not self.counts["failed"]:
            self.counts["failed"] = 1
        if not status and not self.counts["passed"]:
            self.counts["failed"] = 1  # a suite that ran no test proves nothing
        if not CI:
            self.counts["passed"] += len(self.flaky)
            self.counts["failed"] -= len(self.flaky)

    def report(self):
        """Prints one line for the suite, one for each flaky test, and the log's end on failure."""
        counts = ", ".join(f"{n} {kind}" for kind, n in self.counts.items() if n)
        print(f"  {self.name:<12} {self.seconds:6.0f} s   {counts}", flush=True)
        for name in self.flaky:
            print(f"    flaky: {name} failed, and passed at the second try", flush=True)
        if self.counts["failed"] or self.flaky:
            tail = self.output.splitlines()[-60:]
            print("\n".join(f"    | {line}" for line in tail), flush=True)
            print(f"    the whole log: {self.log}", flush=True)


def lane(waiting, done, lock):
    """Runs the waiting suites, one after the other."""
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
    """Runs the suites named on the command line, or all of them."""
    unknown = [name for name in sys.argv[1:] if name not in SUITES]
    if unknown:
        print(f"suite.py: no suite {unknown[0]}: use {' '.join(SUITES)}", file=sys.stderr)
        return 2
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
    flaky = [name for suite in done for name in suite.flaky]
    for name in flaky:
        print(f"flaky: {name}:", "counted as failed" if CI else "counted as passed; find its cause")
    print(f"{total['passed']} passed, {total['failed']} failed{skipped}")
    return 1 if total["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
