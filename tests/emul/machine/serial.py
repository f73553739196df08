# SPDX-License-Identifier: MIT
"""One serial port of a machine under test: reads its output and types into it.

The emulator connects to a socket on which we listen, not the reverse. The port's number is thus
known to be free, and no byte is lost before we read.
"""

import re
import socket
import threading
import time
from pathlib import Path

TAIL = 1500  # length of the transcript in an error message


class Silence(AssertionError):
    """The text that a test waited for did not come."""


class Port:
    """A serial port joined to a socket. All of its output is kept in a file.

    A thread drains the socket, so a machine never waits for a test to read.
    """

    def __init__(self, name, transcript):
        self.name = name
        self.transcript = Path(transcript)
        self._server = socket.create_server(("127.0.0.1", 0), backlog=1)
        self._client = None
        self._news = threading.Condition()
        self._said = bytearray()
        self._read = 0  # position up to which expect() has read
        self._closed = False
        self._thread = threading.Thread(target=self._drain, daemon=True)
        self.transcript.write_bytes(b"")
        self._thread.start()

    @property
    def number(self):
        """Returns the TCP port to which the emulator has to connect."""
        return self._server.getsockname()[1]

    @property
    def text(self):
        """Returns all output until now."""
        with self._news:
            return self._said.decode(errors="replace")

    def expect(self, pattern, timeout):
        """Waits for a regular expression in the output behind the last match, and returns the
        match.

        Fails at once when the machine has ended, since no more output can come.
        """
        wanted = re.compile(pattern if isinstance(pattern, bytes) else pattern.encode(), re.M)
        deadline = time.monotonic() + timeout
        with self._news:
            while True:
                match = wanted.search(self._said, self._read)
                if match:
                    self._read = match.end()
                    return match
                left = deadline - time.monotonic()
                if self._closed or left <= 0:
                    raise Silence(self._complaint(pattern, timeout))
                self._news.wait(left)

    def send(self, data):
        """Types bytes or text into the port."""
        data = data if isinstance(data, bytes) else data.encode()
        with self._news:
            if not self._news.wait_for(lambda: self._client or self._closed, timeout=10):
                raise Silence(f"{self.name}: no machine is connected")
            client = self._client
        if client is None:
            raise Silence(f"{self.name}: the machine has ended")
        client.sendall(data)

    def close(self):
        """Waits for output that is still under way, then closes the sockets."""
        self._server.close()
        self._thread.join(timeout=5)

    def _drain(self):
        with open(self.transcript, "ab", buffering=0) as record:
            client = self._accept()
            while client:
                try:
                    data = client.recv(65536)
                except ConnectionError:
                    data = b""
                if not data:
                    break
                record.write(data)
                with self._news:
                    self._said += data
                    self._news.notify_all()
        with self._news:
            self._closed = True
            self._news.notify_all()

    def _accept(self):
        """Returns the emulator's connection, or None if the port is closed before it comes."""
        self._server.settimeout(0.1)
        while True:
            try:
                client, _ = self._server.accept()
            except TimeoutError:
                continue
            except OSError:
                return None
            client.settimeout(None)
            with self._news:
                self._client = client
                self._news.notify_all()
            return client

    def _complaint(self, pattern, timeout):
        what = "the machine ended" if self._closed else f"{timeout:g} s went by"
        tail = self._said[max(self._read, len(self._said) - TAIL):].decode(errors="replace")
        return f"{self.name}: {what} without {pattern!r}; {self.transcript} ends with:\n{tail}"
