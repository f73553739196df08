# SPDX-License-Identifier: MIT
"""The loader's own commands, typed in the UEFI shell."""

from machine.bochs import Bochs
from machine.image import make_image
from machine.qemu import Qemu

from .esp import LOADER, START, said

# The first start installs the loader and resets. The new boot entry then starts the installed
# loader. When that returns, the shell runs again and removes what was installed.
INSTALL_AND_REMOVE = """\
fs0:
if exist \\EFI\\tessera\\tessera.efi then
  loader.efi remove
  bcfg boot dump
  if not exist \\EFI\\tessera then
    echo nothing is left
  endif
  reset -s
endif
loader.efi install
bcfg boot dump
reset
"""


def shell(script):
    """Returns the files of a disk on which the firmware's shell runs a script."""
    return {"loader.efi": LOADER, "startup.nsh": script.replace("\n", "\r\n").encode()}


def test_check_accepts_the_machine_and_boots_nothing(disk):
    with Bochs(disk("", shell("fs0:\nloader.efi check\nreset -s\n"), loader=None),
               snapshot=True) as machine:
        machine.com1.expect("verdict: Tessera can run here; tiles are enforced by SPP", START)
        machine.wait(START)
    assert machine.ended_cleanly
    assert any(line == "[  ok  ] EPT" for line in said(machine))
    assert "probe" not in machine.com1.text


def test_check_refuses_the_machine_with_a_reason(disk):
    with Bochs(disk("", shell("fs0:\nloader.efi check\nreset -s\n"), loader=None),
               exclude_features=("vmx",), snapshot=True) as machine:
        machine.com1.expect("FAIL . VMX: missing on the CPU: use an Intel", START)
        machine.com1.expect("verdict: Tessera CANNOT run here", START)
        machine.wait(START)
    assert machine.ended_cleanly


def test_an_unknown_command_gets_help(disk):
    with Bochs(disk("", shell("fs0:\nloader.efi chekc\nreset -s\n"), loader=None),
               snapshot=True) as machine:
        machine.com1.expect("check +report whether Tessera can run", START)
        machine.wait(START)
    assert machine.ended_cleanly


def test_install_boot_remove(tmp_path):
    image = make_image(tmp_path / "esp.img", shell(INSTALL_AND_REMOVE) | {"EFI/empty": b""})
    with Qemu(image, extra=("-action", "reboot=reset")) as machine:
        machine.com1.expect(r"installed in .EFI.tessera; Boot(\d{4}) starts it first", START)
        machine.com1.expect("Desc +- Tessera", START)
        machine.com1.expect("starting Boot.... \"Tessera\"", START)
        machine.com1.expect("continuing WITHOUT Tessera", START)
        machine.com1.expect("removed from 1 volume and from 1 boot entry", START)
        machine.com1.expect("^nothing is left", START)
        machine.wait(START)
    assert machine.ended_cleanly
    after = machine.com1.text.split("removed from 1 volume")[1]
    assert "Desc    - EFI Internal Shell" in after and "Desc    - Tessera" not in after
