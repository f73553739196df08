# SPDX-License-Identifier: MIT
"""Devirtualizes a running, busy Linux, which continues natively."""

import hashlib
import re

import pytest

from machine import linux
from machine.bochs import Bochs
from machine.image import make_image
from machine.paths import BUILD, LOADER

ROUNDS = 150
NEXT = "EFI/linux/linux.efi"
DRIVER = "lib/tessera.ko"

# Each CPU computes a result that is checked. The driver tells whether Tessera runs.
INIT = linux.MOUNTS + f"""
insmod /{DRIVER} && rmmod tessera && echo BEFORE: driver works
work() {{
  i=0; sum=$1
  while [ $i -lt {ROUNDS} ]; do
    i=$((i+1)); sum=$(echo $sum $i | md5sum | cut -c1-32)
    [ $i = 20 ] && echo WORKING $1
  done
  echo RESULT $1 $sum
}}
for cpu in $(seq $(nproc)); do work $cpu & done
wait
insmod /{DRIVER} 2>/dev/null || echo AFTER: no hypervisor on $(nproc) CPUs
read go
poweroff -f
"""


def work(start):
    """Returns the result that `work` in the guest must find."""
    value = str(start)
    for i in range(1, ROUNDS + 1):
        value = hashlib.md5(f"{value} {i}\n".encode()).hexdigest()
    return value


def disk(name):
    """Returns a disk with Tessera and that Linux."""
    modules = {DRIVER: BUILD / "guest/linux/tessera.ko"}
    kernel = linux.make_kernel(BUILD / f"{name}.efi", linux.make_initramfs(INIT, modules))
    settings = "next = \\" + NEXT.replace("/", "\\") + "\nsipi = single\n"
    return make_image(BUILD / f"{name}.img", {
        "EFI/BOOT/BOOTX64.EFI": LOADER,
        "EFI/tessera/tessera.conf": settings.encode(),
        NEXT: kernel,
    })


@pytest.mark.parametrize("cpus", [2, 4])
def test_the_guest_continues_natively(cpus):
    """All CPUs leave VMX operation under load, and each computation has the right result."""
    with Bochs(disk(f"devirtualize-{cpus}"), cpus=cpus, snapshot=True) as machine:
        machine.com1.expect(r"BEFORE: driver works", 300)
        for _ in range(cpus):
            machine.com1.expect(r"WORKING \d", 300)
        machine.com2.send("devirtualize\r")
        results = {}
        for _ in range(cpus):
            match = machine.com1.expect(r"RESULT (\d) (\w{32})", 400)
            results[int(match[1])] = match[2].decode()
        machine.com1.expect(rf"AFTER: no hypervisor on {cpus} CPUs", 300)
        machine.com1.send("\n")
        machine.wait(300)
        assert machine.ended_cleanly
    assert results == {n: work(n) for n in range(1, cpus + 1)}
    modes = re.findall(r"CPU is in long mode \(([^)]*)\)", machine.log())
    assert modes and not any("vmx" in mode for mode in modes)
