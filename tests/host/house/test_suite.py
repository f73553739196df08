# SPDX-License-Identifier: MIT
"""Tests of tests/suite.py: its counts, the tests that it calls flaky, and when they count as
failed."""

import sys
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(TOP / "tests"))

import suite  # pylint: disable=wrong-import-position

FLAKY = """
from pathlib import Path
import pytest

def test_good():
    pass

@pytest.mark.parametrize("word", ["two words"])
def test_flaky(word):
    marker = Path({marker!r})
    seen = marker.exists()
    marker.touch()
    assert seen

{more}
"""
BROKEN = "def test_broken():\n    assert False\n"


@pytest.fixture(name="run")
def _run(tmp_path, monkeypatch):
    """Returns a function that runs a suite of the given tests and returns the suite."""
    def run(text=None, command=None, on_ci=False):
        monkeypatch.setattr(suite, "CI", on_ci)
        monkeypatch.setattr(suite, "BUILD", tmp_path)
        (tmp_path / "test").mkdir()
        (tmp_path / "test_x.py").write_text(text or "")
        ran = suite.Suite("x", command or suite.PYTEST + [str(tmp_path / "test_x.py")])
        ran.run()
        return ran
    return run


def flaky(tmp_path, more=""):
    """Returns the text of a test that fails once."""
    return FLAKY.format(marker=str(tmp_path / "marker"), more=more)


def test_a_flaky_test_is_named(run, tmp_path, capsys):
    ran = run(flaky(tmp_path))
    assert ran.counts == {"passed": 2, "failed": 0, "skipped": 0}
    ran.report()
    assert "test_x.py::test_flaky[two words] failed, and passed" in capsys.readouterr().out


def test_a_flaky_test_fails_on_ci(run, tmp_path):
    ran = run(flaky(tmp_path), on_ci=True)
    assert len(ran.flaky) == 1
    assert ran.counts == {"passed": 1, "failed": 1, "skipped": 0}


def test_a_broken_test_is_not_flaky(run, tmp_path):
    ran = run(flaky(tmp_path, BROKEN))
    assert [name.split("::")[1] for name in ran.flaky] == ["test_flaky[two words]"]
    assert ran.counts == {"passed": 2, "failed": 1, "skipped": 0}


def test_many_failures_have_no_second_try(run, tmp_path):
    more = "".join(BROKEN.replace("broken", f"broken_{i}") for i in range(suite.SECOND_TRIES))
    ran = run(flaky(tmp_path, more))
    assert not ran.flaky
    assert ran.counts["failed"] == suite.SECOND_TRIES + 1


@pytest.mark.parametrize("command, counts", [
    (["false"], {"passed": 0, "failed": 1, "skipped": 0}),
    (["true"], {"passed": 0, "failed": 1, "skipped": 0}),
    (["echo", "[  PASSED  ] 7 test(s)."], {"passed": 7, "failed": 0, "skipped": 0}),
    (["sh", "-c", "echo '[  PASSED  ] 7 test(s).'; exit 1"],
     {"passed": 7, "failed": 1, "skipped": 0}),
    (["echo", "3 passed, 1 skipped in 2 s"], {"passed": 3, "failed": 0, "skipped": 1}),
])
def test_counts(run, command, counts):
    assert run(command=command).counts == counts
