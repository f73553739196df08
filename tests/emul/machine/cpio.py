# SPDX-License-Identifier: MIT
"""Writes an archive in the "newc" format of cpio, which Linux unpacks as its first file system."""

import stat


class Archive:
    """Collects entries in memory. Add a folder before its contents."""

    def __init__(self):
        self._parts = []
        self._entries = 0

    def folder(self, name):
        """Adds an empty folder."""
        self._add(name, stat.S_IFDIR | 0o755)

    def file(self, name, data, mode=0o755):
        """Adds a file with these contents."""
        self._add(name, stat.S_IFREG | mode, data)

    def link(self, name, target):
        """Adds a symbolic link."""
        self._add(name, stat.S_IFLNK | 0o777, target.encode())

    def device(self, name, major, minor):
        """Adds a character device."""
        self._add(name, stat.S_IFCHR | 0o600, device=(major, minor))

    def bytes(self):
        """Returns the whole archive."""
        end = Archive()
        end._add("TRAILER!!!", 0)
        return b"".join(self._parts + end._parts)

    def _add(self, name, mode, data=b"", device=(0, 0)):
        self._entries += 1
        encoded = name.encode() + b"\0"
        fields = (self._entries, mode, 0, 0, 1, 0, len(data), 0, 0, *device, len(encoded), 0)
        self._pad(b"070701" + b"".join(b"%08X" % field for field in fields) + encoded)
        self._pad(data)

    def _pad(self, data):
        """Appends data and pads it to a multiple of four bytes, as the format requires."""
        self._parts.append(data + bytes(-len(data) % 4))
