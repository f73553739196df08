# SPDX-License-Identifier: MIT
"""Chooses the emulator of the demonstration and the steps that it can show."""

import os
import shutil
from pathlib import Path

from machine.bochs import Bochs
from machine.qemu import Qemu
from machine.serial import Silence

from .demonstration import Demonstration
from .plain import Plain

# A CPU model of Bochs with SPP. With the other models the software engine enforces tiles.
MODELS_WITH_SPP = ("tigerlake", "corei7_icelake_u", "sapphire_rapids", "arrow_lake")
CONSOLE = "The hypervisor's console: `make console` in another terminal.\n"
FIRMWARE = 40  # seconds until UEFI starts a loader with acceleration


def _fresh(folder):
    """Returns an empty folder for the machine. It stays, so that a failure can be examined."""
    shutil.rmtree(folder / "machine", ignore_errors=True)
    return folder / "machine"


def bochs(disk, folder, options, say):
    """Bochs has VMX, EPT and SPP: it runs the whole demonstration."""
    say(f"Bochs emulates a PC with {options.cpus} CPUs of the model {options.model}.")
    machine = Bochs(disk, cpus=options.cpus, model=options.model, snapshot=True,
                    work=_fresh(folder))
    say(CONSOLE)
    engine = "hardware" if options.model in MODELS_WITH_SPP else "software"
    return machine.start(), Demonstration(machine, options.cpus, engine)


def qemu(disk, folder, options, say):
    """QEMU runs the demonstration if KVM offers VMX, otherwise the start without protection."""
    if _kvm_has_vmx():
        machine = Qemu(disk, cpus=options.cpus, model="host", accelerator="kvm",
                       work=_fresh(folder))
        if _starts(machine):
            # KVM does not offer SPP to its guests.
            say("QEMU runs on KVM with nested VMX: the software engine enforces tiles.")
            say(CONSOLE)
            return machine, Demonstration(machine, options.cpus, "software")
        say("KVM is there but cannot run this machine: QEMU emulates it, without VMX.")
    else:
        say("QEMU emulates a PC without VMX (/dev/kvm with nested VMX would have it).")
    machine = Qemu(disk, cpus=options.cpus, work=_fresh(folder))
    return machine.start(), Plain(machine)


def _kvm_has_vmx():
    try:
        nested = Path("/sys/module/kvm_intel/parameters/nested").read_text(encoding="ascii")
        flags = Path("/proc/cpuinfo").read_text(encoding="ascii")
    except OSError:
        return False
    return (os.access("/dev/kvm", os.R_OK | os.W_OK) and nested.strip() in ("Y", "1")
            and " vmx " in flags)


def _starts(machine):
    """Tells whether the firmware starts our loader. If not, the machine is stopped."""
    try:
        machine.start()
        machine.com1.expect("BdsDxe: starting", FIRMWARE)
    except (Silence, OSError):
        machine.stop()
        return False
    return True


EMULATORS = {"bochs": bochs, "qemu": qemu}
