# SPDX-License-Identifier: MIT
"""An unmodified Linux boots on all CPUs, takes them offline and online, and switches the machine
off."""

import pytest

from .boots import LinuxRun

RUNS = [LinuxRun(1), LinuxRun(2), LinuxRun(4, rounds=5), LinuxRun(2, "software"),
        LinuxRun(4, rounds=5, sipi="software")]


@pytest.mark.parametrize("run", [
    pytest.param(run, marks=pytest.mark.boot(run), id=f"{run.engine}-{run.cpus}-{run.sipi}")
    for run in RUNS])
def test_linux_boots_and_switches_off(run, outcome):
    assert f"init: {run.cpus} CPUs" in outcome.com1
    assert f"hotplug: {run.cpus} CPUs" in outcome.com1, outcome.com1[-2000:]
    assert "failed" not in outcome.com1
    assert f"Tessera runs on {run.cpus} CPUs" in outcome.com2
    assert "PARKED" not in outcome.com2
    assert outcome.off, outcome.com1[-2000:] + outcome.com2[-2000:]
