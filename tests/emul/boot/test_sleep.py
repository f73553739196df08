# SPDX-License-Identifier: MIT
"""Linux under Tessera finds no S3 unless the settings allow it."""

import pytest

from machine import linux
from machine.bochs import Bochs

from .esp import NEXT, START, is_protected

INIT = linux.MOUNTS + """
dmesg | grep 'PM: (supports'
cat /sys/power/mem_sleep
echo mem_sleep was all
poweroff -f
"""


@pytest.fixture(scope="module", name="kernel")
def _kernel(tmp_path_factory):
    return linux.make_kernel(tmp_path_factory.mktemp("linux") / "linux.efi",
                             linux.make_initramfs(INIT))


@pytest.mark.parametrize("settings, states, deep", [
    ("sleep = deny\n", b"S0 S4 S5", False),
    ("sleep = allow\n", b"S0 S3 S4 S5", True),
])
def test_sleep(disk, kernel, settings, states, deep):
    with Bochs(disk(settings, {NEXT: kernel}), snapshot=True) as machine:
        assert machine.com1.expect(r"PM: \(supports ([^)]*)\)", START)[1] == states
        modes = machine.com1.expect(r"(?s)\n(.*)mem_sleep was all", START)[1]
        machine.wait(START)
    assert machine.ended_cleanly
    assert is_protected(machine)
    assert (b"deep" in modes) == deep
