# SPDX-License-Identifier: MIT
"""Follows the output of a serial port through the file that records it, so that any number of
readers can do so, and none takes a byte from the others."""

GLANCE = 0.02  # seconds between two reads: typing feels immediate, and waiting costs little


class Transcript:
    """One reader of the transcript."""

    def __init__(self, port):
        self._file = open(port.transcript, "rb")  # pylint: disable=consider-using-with

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._file.close()

    def news(self):
        """Returns the output since the last call."""
        return self._file.read()

    def skip_to_tail(self, size):
        """Skips all but the last bytes, and begins with a whole line."""
        self._file.seek(0, 2)
        if self._file.tell() > size:
            self._file.seek(-size, 2)
            self._file.readline()
        else:
            self._file.seek(0)
