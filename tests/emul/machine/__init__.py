# SPDX-License-Identifier: MIT
"""Test machines: disk images, emulators and their serial ports.

    from machine.bochs import Bochs
    from machine.image import make_image

    make_image("esp.img", {"EFI/BOOT/BOOTX64.EFI": "build/boot/BOOTX64.EFI"})
    with Bochs("esp.img", cpus=2, snapshot=True) as machine:
        machine.com2.expect("ready", timeout=60)
        machine.com2.send("help\\r")
        machine.wait(60)
    assert machine.ended_cleanly
"""
