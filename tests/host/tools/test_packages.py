# SPDX-License-Identifier: MIT
"""The packages: dpkg installs them into a root, they work there, and their removal leaves nothing
behind."""

import os
import re
import shutil
import subprocess

import pytest

from machine.linux import kernel_release
from machine.paths import BUILD, BUSYBOX, TOP

DEB = BUILD / "deb"
TOOLS, DKMS = "tessera-tools", "tessera-dkms"
# The Debian packages that the packages depend on, declared as installed.
PRESENT = """\
Package: dkms
Status: install ok installed
Architecture: all
Maintainer: nobody
Version: 3.0
Description: stands in for dkms

"""
PROGRAM = """\
#include <stdio.h>
#include <tessera.h>
int main(void)
{
	printf("%s\\n", tessera_action_name(TESSERA_ACTION_DENY));
	return tessera_open() >= 0;
}
"""


def package(name):
    """Returns the path of a package."""
    return next(DEB.glob(f"{name}_*.deb"))


def as_root(*command):
    """Returns the command, to be run as root. Another user runs it in a user namespace as its
    root."""
    return command if os.getuid() == 0 else ("unshare", "--map-root-user", *command)


def files_below(root):
    """Returns every file and folder except those of dpkg and of the stand-ins."""
    listed = (path.relative_to(root) for path in root.rglob("*"))
    return {str(path) for path in listed if not str(path).startswith(("var/lib/dpkg", "bin"))}


@pytest.fixture(name="root")
def _root(tmp_path):
    """Returns a root folder that holds a shell and nothing else."""
    root = tmp_path / "root"
    for folder in ("bin", "var/lib/dpkg/info", "var/lib/dpkg/updates", "var/lib/dpkg/triggers"):
        (root / folder).mkdir(parents=True)
    shutil.copy(BUSYBOX, root / "bin/busybox")
    for applet in ("sh", "rm", "grep", "sed", "cmp"):
        (root / "bin" / applet).symlink_to("busybox")
    (root / "var/lib/dpkg/status").write_text(PRESENT)
    return root


def dpkg(root, *words):
    """Runs dpkg on that root, requires that it succeeds, and returns its output."""
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    ran = subprocess.run(as_root("dpkg", f"--root={root}", "--force-not-root", "--force-confold",
                                 "--log=/dev/null", *words),
                         capture_output=True, text=True, check=False, env=environment,
                         stdin=subprocess.DEVNULL)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout + ran.stderr


def test_packages_install_work_and_uninstall(root, say):
    before = files_below(root)
    dpkg(root, "--install", package(TOOLS), package(DKMS))
    listed = say(["dpkg-deb", "--fsys-tarfile", package(TOOLS)], errors="replace")
    assert listed
    for path in ("usr/sbin/tesseractl", "usr/share/man/man8/tesseractl.8.gz",
                 "usr/share/bash-completion/completions/tesseractl", "etc/tessera/policy.conf",
                 "lib/systemd/system/tessera-policy.service", "usr/lib/tessera/BOOTX64.EFI",
                 "usr/lib/tessera/tessera.conf", "usr/include/tessera.h"):
        assert (root / path).is_file(), path
    assert (root / "usr/lib/tessera/BOOTX64.EFI").read_bytes() == \
        (BUILD / "BOOTX64.EFI").read_bytes()
    checked = say(as_root("chroot", root, "/usr/sbin/tesseractl", "apply", "--check"))
    assert "0 rules, 0 regions: no errors found" in checked
    dpkg(root, "--verify", TOOLS, DKMS)

    dpkg(root, "--remove", TOOLS, DKMS)
    assert files_below(root) - before == {"etc", "etc/tessera", "etc/tessera/policy.conf"}
    dpkg(root, "--purge", TOOLS, DKMS)
    assert files_below(root) == before


def test_an_update_keeps_an_edited_policy(root):
    policy = root / "etc/tessera/policy.conf"
    dpkg(root, "--install", package(TOOLS))
    policy.write_text("rule mine deny\n")
    dpkg(root, "--install", package(TOOLS))
    assert policy.read_text() == "rule mine deny\n"


def test_the_examples_of_the_policy_are_valid(root, say):
    """Each example, without its comment sign, has correct syntax."""
    text = (TOP / "guest/packaging/policy.conf").read_text()
    (root / "policy").write_text(text.replace("\n#rule", "\nrule").replace("\n#region", "\nregion")
                                 .replace("\n#seal", "\nseal"))
    said = say([BUILD / "guest/tesseractl", "apply", "--check", root / "policy"])
    assert "3 rules, 3 regions: no errors found" in said


def test_removal_says_that_the_loader_stays(root):
    dpkg(root, "--install", package(TOOLS))
    record = root / "var/lib/tessera/installed"
    record.parent.mkdir()
    record.write_text("esp /boot/efi\n")
    assert "tesseractl remove" in dpkg(root, "--remove", TOOLS)


def install_on_esp(root, loader):
    """Records that tesseractl has installed a loader, and puts it on the root's ESP."""
    record = root / "var/lib/tessera/installed"
    record.parent.mkdir(parents=True)
    record.write_text("esp /boot/efi\nconfig made\nfolder made\n")
    installed = root / "boot/efi/EFI/tessera/tessera.efi"
    installed.parent.mkdir(parents=True)
    installed.write_bytes(loader)


@pytest.mark.parametrize("old", [True, False])
def test_an_update_says_that_the_installed_loader_is_old(root, old):
    """F10: the package does not write to the ESP, so it has to say what is left to do."""
    install_on_esp(root, b"MZ old" if old else (BUILD / "BOOTX64.EFI").read_bytes())
    assert ("tesseractl install" in dpkg(root, "--install", package(TOOLS))) == old


def test_an_installation_without_a_loader_says_nothing(root):
    assert "tesseractl install" not in dpkg(root, "--install", package(TOOLS))


def test_removal_says_what_stays_protected(root):
    dpkg(root, "--install", package(TOOLS))
    tool = root / "usr/sbin/tesseractl"
    tool.write_text('#!/bin/sh\n[ "$1" = remaining ] && echo sealed rules: stone\n')
    assert "sealed rules: stone" in dpkg(root, "--remove", TOOLS)


def test_the_policy_service_says_what_stays_protected(say):
    """Stopping it runs a command of the tool, and cannot fail."""
    unit = (TOP / "guest/packaging/tessera-policy.service").read_text()
    command = re.search(r"^ExecStop=-@sbindir@/tesseractl (\w+)$", unit, re.M)[1]
    assert "stays protected" in say([BUILD / "guest/tesseractl", "help", command])


def test_the_events_service_follows_the_events(root, say):
    """F1: denied writes reach the journal. The command exists, and runs until it is stopped."""
    dpkg(root, "--install", package(TOOLS))
    unit = (root / "lib/systemd/system/tessera-events.service").read_text()
    found = re.search(r"^ExecStart=/usr/sbin/tesseractl (\w+) --follow$", unit, re.M)
    assert "  --follow" in say([BUILD / "guest/tesseractl", "help", found[1]])


def test_dkms_builds_the_driver(root, tmp_path, say):
    dpkg(root, "--install", package(DKMS))
    source = next((root / "usr/src").iterdir())
    name, version = source.name.split("-")
    tree = tmp_path / "dkms"
    tree.mkdir()
    release = kernel_release()
    say(["dkms", "build", "--dkmstree", tree, "--sourcetree", root / "usr/src", "-m", name,
         "-v", version, "-k", release, "--kernelsourcedir", f"/lib/modules/{release}/build"])
    module = next(tree.glob(f"{name}/{version}/{release}/*/module/tessera.ko*"))
    assert say(["modinfo", "-F", "vermagic", module]).split()[0] == release
    assert not list(tree.rglob("tessera_demo.ko*"))


def test_programs_link_with_the_library(root, tmp_path, say):
    dpkg(root, "--install", package(TOOLS))
    source = tmp_path / "program.c"
    source.write_text(PROGRAM)
    say(["gcc", "-Wall", "-Wextra", "-Werror", f"-I{root}/usr/include", source,
         f"-L{root}/usr/lib/x86_64-linux-gnu", "-ltessera", "-o", tmp_path / "program"])
    assert say([tmp_path / "program"]) == "deny\n"


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
@pytest.mark.parametrize("unit, most", [("tessera-policy", 2.6), ("tessera-confirm", 2.0),
                                        ("tessera-events", 2.6)])
def test_the_services_are_valid_and_confined(root, say, unit, most):
    dpkg(root, "--install", package(TOOLS))
    service = root / f"lib/systemd/system/{unit}.service"
    said = say(["systemd-analyze", "security", "--offline=yes", "--no-pager", service])
    ran = subprocess.run(["systemd-analyze", "verify", "--man=no", service], capture_output=True,
                         text=True, check=False)
    faults = [line for line in ran.stderr.splitlines()
              if line.startswith(unit) and "is not executable" not in line]
    assert not faults
    exposure = float(said.strip().splitlines()[-1].split(":")[1].split()[0])
    assert exposure <= most, said


@pytest.mark.skipif(not shutil.which("lintian"), reason="lintian is not installed")
def test_lintian_finds_no_fault():
    ran = subprocess.run(["lintian", "--fail-on", "error,warning", package(TOOLS), package(DKMS)],
                         capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout
