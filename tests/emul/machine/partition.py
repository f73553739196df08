# SPDX-License-Identifier: MIT
"""Writes partition tables with one partition, an EFI system partition up to the end of the disk."""

import struct
import uuid
import zlib

SECTOR = 512
FIRST = 2048  # start of the partition: 1 MiB

# The GPT's entries take 32 sectors and its header one; the end of the disk holds a copy of both.
ENTRIES = 128
ENTRY_SIZE = 128
ENTRY_SECTORS = ENTRIES * ENTRY_SIZE // SECTOR

ESP_TYPE = uuid.UUID("c12a7328-f81f-11d2-ba4b-00a0c93ec93b")
# Fixed, so that equal contents make equal images and an emulated boot can be repeated exactly.
DISK_ID = uuid.UUID("7e55e2a0-0000-4000-8000-000000000001")
PART_ID = uuid.UUID("7e55e2a0-0000-4000-8000-000000000002")

MBR_ESP = 0xEF
MBR_GPT = 0xEE


def last_sector(sectors, scheme):
    """Returns the partition's last sector on a disk of that many sectors."""
    return sectors - 1 if scheme == "mbr" else sectors - ENTRY_SECTORS - 2


def write_table(disk, sectors, scheme):
    """Writes the table, "gpt" or "mbr", into an open disk image."""
    writer = {"gpt": _write_gpt, "mbr": _write_mbr}[scheme]
    writer(disk, sectors)


def _mbr(kind, first, count):
    """Returns a boot record whose only partition has that type. Cylinders and heads are not
    used."""
    entry = struct.pack("<B3sB3sII", 0, b"\xfe\xff\xff", kind, b"\xfe\xff\xff", first, count)
    return bytes(446) + entry + bytes(48) + b"\x55\xaa"


def _write_mbr(disk, sectors):
    disk.seek(0)
    disk.write(_mbr(MBR_ESP, FIRST, sectors - FIRST))


def _write_gpt(disk, sectors):
    last = last_sector(sectors, "gpt")
    entry = struct.pack("<16s16sQQQ72s", ESP_TYPE.bytes_le, PART_ID.bytes_le, FIRST, last, 0,
                        "ESP".encode("utf-16-le"))
    entries = entry.ljust(ENTRIES * ENTRY_SIZE, b"\0")

    def header(own, other, table):
        fields = struct.pack("<8sIIIIQQQQ16sQIII", b"EFI PART", 0x10000, 92, 0, 0, own, other,
                             2 + ENTRY_SECTORS, last, DISK_ID.bytes_le, table,
                             ENTRIES, ENTRY_SIZE, zlib.crc32(entries))
        checksum = struct.pack("<I", zlib.crc32(fields))
        return (fields[:16] + checksum + fields[20:]).ljust(SECTOR, b"\0")

    disk.seek(0)
    disk.write(_mbr(MBR_GPT, 1, sectors - 1))
    disk.write(header(1, sectors - 1, 2))
    disk.write(entries)
    disk.seek((last + 1) * SECTOR)
    disk.write(entries)
    disk.write(header(sectors - 1, 1, last + 1))
