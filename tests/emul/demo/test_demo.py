# SPDX-License-Identifier: MIT
"""Tests of `make run` and `make console`, on a terminal and from scripts."""

import os
import subprocess
import sys

import pexpect
import pytest

from machine.paths import TOP

from .demonstration import ABI, Demonstration
from .guest import Parts, make_disk
from .machines import bochs
from .run import parser
from .steps import Failed

LONG = 400
SHORT = 120
RUN = [sys.executable, "-m", "demo.run"]
CONSOLE = [sys.executable, "-m", "demo.console"]
ENVIRONMENT = os.environ | {"PYTHONPATH": str(TOP / "tests/emul")}


def run(folder, *arguments):
    """Runs the demonstration without a terminal."""
    return subprocess.run([*RUN, "--folder", folder, *arguments], cwd=TOP, env=ENVIRONMENT,
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=LONG,
                          check=False)


def spawn(command, timeout):
    """Starts a program on a terminal of its own."""
    return pexpect.spawn(command[0], [str(word) for word in command[1:]], cwd=TOP,
                         env=ENVIRONMENT, timeout=timeout, encoding="utf-8")


def ended(program):
    """Waits for a program's end and returns its exit status."""
    program.expect(pexpect.EOF)
    program.close()
    return program.exitstatus


@pytest.mark.parametrize("settings, engine", [
    ((), "hardware"),
    (("CPUS=1",), "hardware"),
    (("CPUS=1", "MODEL=corei7_skylake_x"), "software"),
])
def test_every_step_holds(settings, engine):
    """Runs the command itself, as a new user types it."""
    ran = subprocess.run(["make", "run", *settings], cwd=TOP, stdin=subprocess.DEVNULL,
                         capture_output=True, text=True, timeout=LONG, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "summary: 14 of 14 steps held" in ran.stdout
    assert f"{engine} engine" in ran.stdout


def test_without_vmx_the_system_starts_unprotected(tmp_path):
    ran = run(tmp_path, "--emulator", "qemu")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "summary: 4 of 4 steps held" in ran.stdout


def test_a_terminal_gets_the_guests_shell(tmp_path):
    """Also, `make console` joins the hypervisor's console, on a terminal and from a script."""
    guest = spawn([*RUN, "--folder", tmp_path], LONG)
    guest.expect("13 of 13 steps held")
    guest.expect("guest# ")
    guest.send("demo protect\r")
    guest.expect("15 ok, 0 failed")

    operator = spawn([*CONSOLE, tmp_path / "console"], SHORT)
    operator.expect("tessera> ")
    operator.send("regions\r")
    operator.expect("128 bytes +deny")
    operator.send("\x1d")
    operator.expect("left; the machine runs on")
    assert ended(operator) == 0

    script = subprocess.run([*CONSOLE, tmp_path / "console"], cwd=TOP, env=ENVIRONMENT,
                            input="version\r", capture_output=True, text=True, timeout=SHORT,
                            check=False)
    assert script.returncode == 0
    assert f"hypercall ABI {ABI}" in script.stdout

    guest.send("poweroff -f\r")
    guest.expect("The machine is off")
    assert ended(guest) == 0


def test_a_console_without_a_machine_is_refused(tmp_path):
    console = subprocess.run([*CONSOLE, tmp_path / "console"], cwd=TOP, env=ENVIRONMENT,
                             stdin=subprocess.DEVNULL, capture_output=True, text=True,
                             timeout=SHORT, check=False)
    assert console.returncode == 1
    assert "make run" in console.stderr


def test_an_open_tile_fails_the_demonstration(tmp_path):
    """The operator opens the tile without the guest's knowledge: both steps that check it fail."""
    options = parser().parse_args(["--cpus", "1"])
    disk = make_disk(tmp_path, Parts())
    machine, story = bochs(disk, tmp_path, options, print)
    assert isinstance(story, Demonstration)
    try:
        for step in (story.take_over, story.linux, story.protect, story.picture):
            step()
        story.operator.ask(f"unprotect {story.tile:#x}+0x80")
        with pytest.raises(Failed, match="it draws"):
            story.picture()
        with pytest.raises(Failed, match="FAILED: a store to the tile's first bytes is refused"):
            story.deny()
    finally:
        machine.stop()
