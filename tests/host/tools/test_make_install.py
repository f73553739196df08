# SPDX-License-Identifier: MIT
"""`make install` installs the files that a distribution needs, and no others, in the folders that
the variables name."""

import gzip
import re

import pytest

from machine.paths import BUILD, TOP

VERSION = (TOP / "VERSION").read_text().strip()
FILES = {
    "etc/tessera/policy.conf",
    "usr/include/tessera.h",
    "usr/lib/libtessera.a",
    "usr/lib/pkgconfig/tessera.pc",
    "usr/lib/systemd/system/tessera-confirm.service",
    "usr/lib/systemd/system/tessera-events.service",
    "usr/lib/systemd/system/tessera-policy.service",
    "usr/lib/tessera/BOOTX64.EFI",
    "usr/lib/tessera/tessera.conf",
    "usr/sbin/tesseractl",
    "usr/share/bash-completion/completions/tesseractl",
    "usr/share/man/man8/tesseractl.8.gz",
    f"usr/src/tessera-{VERSION}/dkms.conf",
    f"usr/src/tessera-{VERSION}/linux/Kbuild",
}
FILES |= {f"usr/share/doc/tessera/{name}" for name in
          ("README.md", "CHANGELOG.md", "SECURITY.md", "LICENSE")}


def below(root):
    """Returns the files below a folder, relative to it."""
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


def names_in(pattern):
    """Returns the names of the tree's files that match a pattern."""
    return {path.name for path in TOP.glob(pattern)}


@pytest.fixture(name="install")
def _install(tmp_path, say):
    """Returns a function that runs `make install` with some variables and returns the root
    folder."""
    def install(*variables):
        say(["make", "--no-print-directory", f"BUILD={BUILD}", "install", f"DESTDIR={tmp_path}",
             *variables], cwd=TOP)
        return tmp_path
    return install


def test_exactly_the_expected_files_are_installed(install):
    expected = set(FILES)
    for pattern, folder in (("guest/include/tessera/*.h", "usr/include/tessera"),
                            ("guest/include/tessera/*.h",
                             f"usr/src/tessera-{VERSION}/include/tessera"),
                            ("guest/linux/*.[ch]", f"usr/src/tessera-{VERSION}/linux"),
                            ("docs/*", "usr/share/doc/tessera/docs"),
                            ("guest/examples/*.c", "usr/share/doc/tessera/examples")):
        expected |= {f"{folder}/{name}" for name in names_in(pattern)
                     if not name.startswith("tessera_demo")}
    root = install()
    assert below(root) == expected
    assert (root / "usr/sbin/tesseractl").stat().st_mode & 0o777 == 0o755
    assert (root / "usr/lib/tessera/BOOTX64.EFI").read_bytes() == \
        (BUILD / "BOOTX64.EFI").read_bytes()
    assert b".TH" in gzip.decompress((root / "usr/share/man/man8/tesseractl.8.gz").read_bytes())


def test_the_variables_set_folders_and_the_paths_in_files(install):
    root = install("prefix=/opt/t", "libdir=/opt/t/lib64", "unitdir=/lib/systemd/system",
                   "sysconfdir=/opt/etc")
    names = below(root)
    assert {"opt/t/lib64/libtessera.a", "opt/t/sbin/tesseractl", "opt/t/include/tessera.h",
            "lib/systemd/system/tessera-policy.service", "opt/etc/tessera/policy.conf"} <= names
    assert not any(name.startswith(("usr/", "etc/")) for name in names)
    filled = [(root / name).read_text() for name in
              ("opt/t/lib64/pkgconfig/tessera.pc", "lib/systemd/system/tessera-policy.service",
               "lib/systemd/system/tessera-confirm.service",
               f"opt/t/src/tessera-{VERSION}/dkms.conf")]
    assert "libdir=/opt/t/lib64\n" in filled[0]
    assert "ExecStart=/opt/t/sbin/tesseractl apply\n" in filled[1]
    assert "ExecStart=/opt/t/sbin/tesseractl confirm\n" in filled[2]
    assert f'PACKAGE_VERSION="{VERSION}"' in filled[3]
    assert not any(re.search(r"@\w+@", text) for text in filled)


def test_install_keeps_an_edited_policy(install):
    root = install()
    policy = root / "etc/tessera/policy.conf"
    policy.write_text("rule mine deny\n")
    install()
    assert policy.read_text() == "rule mine deny\n"
