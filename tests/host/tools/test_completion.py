# SPDX-License-Identifier: MIT
"""Tests of the completion script, run by bash."""

import os

import pytest

from machine.paths import BUILD

SCRIPT = BUILD / "guest/tesseractl.bash"
COMPLETE = f"""\
. {SCRIPT}
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_tesseractl
printf '%s\\n' "${{COMPREPLY[@]}}"
"""

RULES = '{"rule": 2, "name": "mine"}\n{"rule": 3, "name": "yours"}\n'
GUARDS = '{"guard": 7, "space": "kernel"}\n{"guard": 12, "space": "kernel"}\n'


@pytest.fixture(name="complete")
def _complete(tmp_path, say):
    """Returns a function that completes the last of some words. A stand-in for `tesseractl` lists
    two rules and two guards."""
    (tmp_path / "rules").write_text(RULES)
    (tmp_path / "list").write_text(GUARDS)
    tool = tmp_path / "tesseractl"
    tool.write_text(f'#!/bin/sh\n[ "$2" = --json ] && cat "{tmp_path}/$1"\n')
    tool.chmod(0o755)

    def complete(*words):
        environment = os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
        said = say(["bash", "-c", COMPLETE, "bash", "tesseractl", *words], env=environment,
                   cwd=tmp_path)
        return said.split()
    return complete


@pytest.mark.parametrize("words, expected", [
    (("prot",), ["protect"]),
    (("reg",), ["regions"]),
    (("zzz",), []),
    (("seal", ""), ["--all", "mine", "yours"]),
    (("seal", "y"), ["yours"]),
    (("unprotect", ""), ["7", "12"]),
    (("events", "--f"), ["--follow"]),
    (("events", "--json", "--ne"), ["--new"]),
    (("lockdown", "--"), []),
    (("protect", "--action", "d"), ["discard", "deny"]),
    (("protect", "--name", "m"), ["mine"]),
    (("protect", "--len", ""), []),
    (("help", "sel"), ["selftest"]),
    (("apply", "ru"), ["rules"]),
    (("metrics", "--out", "li"), ["list"]),
])
def test_words_are_completed(complete, words, expected):
    assert complete(*words) == expected


def test_every_command_is_offered(complete, say):
    listed = [line.split()[0] for line in say([BUILD / "guest/tesseractl", "help"]).splitlines()
              if line.startswith("  ")]
    assert complete("") == listed


def test_offered_options_exist(complete, say):
    """Each option that the completion offers for a command is in that command's help."""
    for command in complete(""):
        told = say([BUILD / "guest/tesseractl", "help", command])
        for option in (word for word in complete(command, "--")):
            assert f"  {option}" in told
