# SPDX-License-Identifier: MIT
"""Prints the table and writes build/bench.json."""

import json

LEFT = {"name": 33, "unit": 6, "engine": 9}
COLUMNS = {"cpus": 5, "native": 14, "tessera": 14, "over": 12, "exits": 6, "vmread": 7,
           "vmwrite": 8}


def _text(value):
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:,.1f}"
    return f"{value:,}" if isinstance(value, int) else value


def _line(cells):
    left = (_text(cells[name]).ljust(width) for name, width in LEFT.items())
    right = (_text(cells[name]).rjust(width) for name, width in COLUMNS.items())
    return " ".join((*left, *right))


def table(figures):
    """Returns the figures as lines of text."""
    yield _line({name: name for name in LEFT | COLUMNS}) + "  target"
    for figure in figures:
        over = figure.over if figure.native is not None else None
        verdict = ""
        if figure.target:
            verdict = f"  {figure.target}: {'met' if figure.met else 'MISSED'}"
        yield _line(figure.record() | {"over": over}) + verdict


def write(path, figures):
    """Writes the JSON file, one figure per line."""
    lines = ",\n".join(json.dumps(figure.record()) for figure in figures)
    path.write_text(f"[\n{lines}\n]\n")
