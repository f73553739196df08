# SPDX-License-Identifier: MIT
"""The manual page is free of errors and describes all that the tool can do."""

import re
import subprocess

from machine.paths import BUILD, TOP

PAGE = BUILD / "guest/tesseractl.8"
TOOL = BUILD / "guest/tesseractl"


def lint(page):
    """Returns mandoc's complaints about a page."""
    ran = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", page], capture_output=True,
                         text=True, check=False)
    return ran.stdout


def shown(say):
    """Returns the page as a reader sees it."""
    return re.sub(".\b", "", say(["mandoc", "-T", "ascii", "-O", "width=200", PAGE]))


def test_the_page_has_no_faults(tmp_path):
    assert lint(PAGE) == ""
    broken = tmp_path / "page.8"
    broken.write_text(PAGE.read_text() + ".XY\n")
    assert "XY" in lint(broken)


def test_the_page_describes_every_command_with_its_example(say):
    page = shown(say)
    for line in say([TOOL, "help"]).splitlines():
        if not line.startswith("  "):
            continue
        command = line.split()[0]
        told = say([TOOL, "help", command])
        assert re.search(rf"^ {{5,7}}{command}\b", page, re.M), command
        assert re.search("example: (.*)", told)[1] in page
        for option in re.findall(r"^  (--\w+)", told, re.M):
            assert re.search(rf"^ {{5,7}}{option}\b", page, re.M), option


def test_the_page_describes_every_status_and_policy_line(say):
    page = shown(say)
    header = (TOP / "guest/tools/commands.h").read_text()
    statuses = re.findall(r"^\tX\([A-Z_]+, +(\d), \"", header, re.M)
    assert len(statuses) == 6
    for number in statuses:
        assert re.search(rf"^ {{5,7}}{number}\b", page, re.M)
    for word in ("rule", "region", "seal"):
        assert re.search(rf"^ {{5,7}}{word} [A-Z]", page, re.M)
