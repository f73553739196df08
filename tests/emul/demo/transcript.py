# SPDX-License-Identifier: MIT
"""Follows what a serial port says by the file that it is recorded in, so that any number of
listeners can, and none of them takes a byte from the others."""

GLANCE = 0.02  # seconds between two looks: typing feels immediate, and idling costs nothing


class Transcript:
    """One listener."""

    def __init__(self, port):
        self._file = open(port.transcript, "rb")  # pylint: disable=consider-using-with

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._file.close()

    def news(self):
        """What was said since the last look."""
        return self._file.read()

    def skip_to_tail(self, size):
        """Leaves out all but the last bytes, from the start of a line."""
        self._file.seek(0, 2)
        if self._file.tell() > size:
            self._file.seek(-size, 2)
            self._file.readline()
        else:
            self._file.seek(0)
