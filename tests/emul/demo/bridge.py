# SPDX-License-Identifier: MIT
"""Offers a serial port on a socket, so that other programs can join the conversation."""

import os
import select
import socket
import threading

from machine.serial import Silence

from .transcript import GLANCE, Transcript

TAIL = 2000  # length of the earlier output that a new client is sent


class Bridge:
    """A socket that exists as long as the `with` block."""

    def __init__(self, port, path):
        self._port = port
        # Use a relative path: a socket's address holds about a hundred characters only.
        self._path = os.path.relpath(path)
        self._server = None
        self._over = threading.Event()

    def __enter__(self):
        if os.path.exists(self._path):
            os.unlink(self._path)
        self._server = socket.socket(socket.AF_UNIX)
        self._server.bind(self._path)
        os.chmod(self._path, 0o600)
        self._server.listen()
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._server.close()
        os.unlink(self._path)

    def _accept(self):
        while True:
            try:
                client, _ = self._server.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        with client, Transcript(self._port) as transcript:
            transcript.skip_to_tail(TAIL)
            while not self._over.is_set():
                try:
                    client.sendall(transcript.news())
                    if not select.select([client], [], [], GLANCE)[0]:
                        continue
                    typed = client.recv(4096)
                    if not typed:
                        return
                    self._port.send(typed)
                except (OSError, Silence):
                    return
