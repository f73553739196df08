# SPDX-License-Identifier: MIT
"""Writes the text of Bochs' configuration file."""

from .paths import BOCHS_ROOT

# IA32_MISC_ENABLE as on a real CPU. Bochs reads 0 there, which Linux takes for "no fast strings";
# it then copies with a routine that the feature bits of this CPU break.
MSRS = "0x1a0 0 00000000 00851889 00000000 00000000 00000000 00000000\n"

# Bochs initializes devices in the order of the first line, and a saved state fits only that order.
# A fixed time of day makes runs repeatable.
TEMPLATE = """\
plugin_ctrl: serial=1, unmapped=1, fw_cfg=1, usb_uhci=1, {unused}
config_interface: textconfig
display_library: rfb, options="timeout=0"
megs: {memory}
cpu: model={model}, count={cpus}, ips={ips}, cpuid_freq=ips, {cpu_options}
romimage: file={firmware}, address=0xffe00000
vgaromimage: file={share}/VGABIOS-lgpl-latest
fw_cfg: enabled=1
pci: enabled=1, chipset=i440fx
vga: extension=none
ata0-master: type=disk, path=disk.img, mode=flat
boot: disk
com1: enabled=1, {com1}
com2: enabled=1, {com2}
port_e9_hack: enabled=1
clock: sync=none, time0=1000000000
panic: action=fatal
log: bochs.log
"""
UNUSED = ("biosdev", "gameport", "parallel", "speaker")
NO_PORT = "mode=null"


def socket(port):
    """Returns the line for a serial port that connects to one of our sockets."""
    return f"mode=socket-client, dev=localhost:{port.number}"


def configuration(machine, com1=NO_PORT, com2=NO_PORT, firmware=None):
    """Returns the configuration of a `Bochs` with these two serial ports. `firmware` names another
    copy of its firmware."""
    options = ["reset_on_triple_fault=0", "ignore_bad_msrs=1"]
    if machine.msrs:
        options.append('msrs="msrs"')
    if machine.exclude_features:
        options.append(f'exclude_features="{",".join(sorted(machine.exclude_features))}"')
    if machine.add_features:
        options.append(f'add_features="{",".join(machine.add_features)}"')
    return TEMPLATE.format(
        unused=", ".join(f"{name}=0" for name in UNUSED),
        memory=machine.memory, model=machine.model, cpus=machine.cpus, ips=machine.ips,
        cpu_options=", ".join(options), firmware=firmware or machine.firmware,
        share=BOCHS_ROOT / "usr/share/bochs", com1=com1, com2=com2) + machine.extra
