# SPDX-License-Identifier: MIT
"""Secure Boot: the firmware checks the loader's signature, and the loader starts nothing
unsigned."""

import struct

import pytest

from machine.product import build
from machine.qemu import Qemu
from machine.secureboot import CERTIFICATE, plain_key, sign

from .esp import LOADER, START, expect_probe, said


NX_COMPAT, WRITE, EXECUTE = 0x100, 1 << 31, 1 << 29


def test_no_section_is_both_written_and_executed():
    """Firmware that maps data no-execute, Windows' logo and shim's reviewers require this."""
    image = LOADER.read_bytes()
    header, = struct.unpack_from("<I", image, 60)
    sections, = struct.unpack_from("<H", image, header + 6)
    optional, = struct.unpack_from("<H", image, header + 20)
    characteristics, = struct.unpack_from("<H", image, header + 94)
    assert characteristics & NX_COMPAT
    assert b".sbat" in image[:1024]
    for i in range(sections):
        section = header + 24 + optional + 40 * i
        flags, = struct.unpack_from("<I", image, section + 36)
        address, = struct.unpack_from("<I", image, section + 12)
        assert not (flags & WRITE and flags & EXECUTE)
        assert address % 4096 == 0


def make_sign(folder):
    """Returns the loader as signed by `make sign`."""
    build("sign", f"KEY={plain_key(folder)}", f"CERT={CERTIFICATE}")
    return LOADER.with_name("BOOTX64.signed.EFI")


def test_signed_starts_signed(disk, probe, tmp_path):
    loader, after = make_sign(tmp_path), sign(probe, tmp_path / "next.efi")
    with Qemu(disk("", {"EFI/probe/probe.efi": after}, loader=loader),
              secure_boot=True) as machine:
        expect_probe(machine)
    assert said(machine)[-1] == "starting \\EFI\\probe\\probe.efi"


@pytest.mark.parametrize("secure_boot", [True, False])
def test_an_unsigned_file_weakens_nothing(disk, probe, tmp_path, secure_boot):
    """A4: tessera.conf is not signed, so under Secure Boot it can only make the protection
    stricter."""
    loader, after = make_sign(tmp_path), sign(probe, tmp_path / "next.efi")
    with Qemu(disk("unseal = console\nrequired = no\nprotect = 0x1000+8 discard\n",
                   {"EFI/probe/probe.efi": after}, loader=loader),
              secure_boot=secure_boot) as machine:
        expect_probe(machine)
    ignored = [line for line in said(machine) if "(ignored)" in line]
    refused = "takes no value that weakens the protection while Secure Boot is on:"
    assert ignored == ([f'tessera.conf: line 3: "unseal" {refused} console (ignored)',
                        f'tessera.conf: line 5: "protect" {refused} discard (ignored)']
                       if secure_boot else [])


def test_unsigned_is_refused(disk):
    with Qemu(disk(), secure_boot=True) as machine:
        machine.com1.expect("Access Denied", START)
    assert not said(machine)


def test_signed_does_not_start_unsigned(disk, tmp_path):
    with Qemu(disk("", loader=sign(LOADER, tmp_path / "loader.efi")),
              secure_boot=True) as machine:
        machine.com1.expect("probe.efi: refused by Secure Boot", START)
        machine.com1.expect("no loader is left to start", START)
    assert "probe: hello" not in machine.com1.text
