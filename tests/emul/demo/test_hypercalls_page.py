# SPDX-License-Identifier: MIT
"""docs/hypercalls.md agrees with the ABI header, and shows the examples that the test agent runs
(tests/emul/system/agent/examples.c)."""

import re
import subprocess

import pytest

from machine.paths import TOP

PAGE = TOP / "docs/hypercalls.md"
INCLUDE = TOP / "guest/include"
FOLDER = TOP / "guest/examples"
EXAMPLES = re.findall(r"^```c\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.M | re.S)


@pytest.fixture(name="generator", scope="module")
def _generator(tmp_path_factory):
    program = tmp_path_factory.mktemp("page") / "hypercalls_doc"
    subprocess.run(["gcc", "-std=c11", "-Wall", "-Wextra", "-Werror", "-I", INCLUDE, "-o", program,
                    TOP / "guest/doc/hypercalls_doc.c"], check=True)
    return program


def made_anew(generator, page):
    """Returns the page as the generator prints it, or None if the generator refuses the page."""
    ran = subprocess.run([generator, page, FOLDER], capture_output=True, text=True, check=False)
    return ran.stdout if ran.returncode == 0 else None


def test_the_tables_are_those_of_the_header(generator):
    assert made_anew(generator, PAGE) == PAGE.read_text(encoding="utf-8")


def test_a_changed_number_is_detected(generator, tmp_path):
    page = tmp_path / "page.md"
    text = PAGE.read_text(encoding="utf-8")
    page.write_text(text.replace("| -5 | `NOT_FOUND`", "| -6 | `NOT_FOUND`"), encoding="utf-8")
    assert page.read_text(encoding="utf-8") != text
    assert made_anew(generator, page) == text


def test_a_page_that_lacks_a_table_is_refused(generator, tmp_path):
    page = tmp_path / "page.md"
    text = PAGE.read_text(encoding="utf-8")
    page.write_text(text.replace("<!-- errors: ", "<!-- mistakes: "), encoding="utf-8")
    assert made_anew(generator, page) is None


@pytest.mark.parametrize("example", EXAMPLES, ids=range(len(EXAMPLES)))
def test_an_example_compiles(example, tmp_path):
    source = tmp_path / "example.c"
    source.write_text(example, encoding="utf-8")
    subprocess.run(["gcc", "-std=gnu11", "-ffreestanding", "-Wall", "-Wextra", "-Werror",
                    "-I", INCLUDE, "-c", source, "-o", tmp_path / "example.o"], check=True)


def test_all_examples_are_shown_and_no_others():
    files = sorted(path.read_text(encoding="utf-8").split("\n", 1)[1]
                   for path in FOLDER.glob("*.c"))
    assert len(files) >= 8
    assert sorted(EXAMPLES) == files


def test_a_missing_example_is_refused(generator, tmp_path):
    page = tmp_path / "page.md"
    text = PAGE.read_text(encoding="utf-8")
    page.write_text(text.replace("example guard", "example nonsense"), encoding="utf-8")
    assert made_anew(generator, page) is None
