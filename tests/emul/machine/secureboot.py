# SPDX-License-Identifier: MIT
"""Signs programs for the Secure Boot firmware of `Qemu(secure_boot=True)`."""

import os
import subprocess
import tempfile
from pathlib import Path

from .paths import OVMF

# The key pair that Debian publishes for tests. Its password is its name.
KEY = OVMF.parent / "PkKek-1-snakeoil.key"
CERTIFICATE = OVMF.parent / "PkKek-1-snakeoil.pem"


def plain_key(folder):
    """Returns a copy of the key without its password."""
    key = Path(folder, "key")
    subprocess.run(["openssl", "pkey", "-in", KEY, "-passin", "pass:snakeoil", "-out", key],
                   check=True)
    return key


def sign(program, signed):
    """Writes a signed copy of an EFI program to `signed`."""
    with tempfile.TemporaryDirectory() as work:
        key = plain_key(work)
        subprocess.run(["sbsign", "--key", key, "--cert", CERTIFICATE, "--output", signed,
                        os.fspath(program)], check=True, capture_output=True)
    return Path(signed)
