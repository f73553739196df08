# SPDX-License-Identifier: MIT
"""Reads text from a picture of a firmware's screen.

The characters are those of the firmware's own font, 8 by 19 pixels, in a grid in the middle of the
screen. Their shapes are learnt from a line on the same screen whose text is known.
"""

from collections import Counter

WIDTH, HEIGHT = 8, 19
IS_LIT = bytes([0] + 255 * [1])


def _pixels(ppm):
    """Returns the rows of a binary PPM picture: one byte per pixel, 0 for black."""
    kind, size, depth, data = ppm.split(b"\n", 3)
    assert (kind, depth) == (b"P6", b"255")
    columns, _ = map(int, size.split())
    lit = [data[colour::3].translate(IS_LIT) for colour in range(3)]
    pixels = bytes(r | g | b for r, g, b in zip(*lit))
    return [pixels[at:at + columns] for at in range(0, len(pixels), columns)]


def _cells(pixels, columns, rows):
    """Returns the characters' shapes, line by line."""
    left, top = (len(pixels[0]) - columns * WIDTH) // 2, (len(pixels) - rows * HEIGHT) // 2
    return [[tuple(row[left + x * WIDTH:][:WIDTH] for row in pixels[top + y * HEIGHT:][:HEIGHT])
             for x in range(columns)] for y in range(rows)]


def read(ppm, columns, rows, known):
    """Returns the lines of text on a screen that shows the line `known`, or None if it does not.
    "?" stands for a character that is not in `known`."""
    cells = _cells(_pixels(ppm), columns, rows)
    blank = Counter(cell for line in cells for cell in line).most_common(1)[0][0]
    for line in cells:
        shown, rest = line[:len(known)], line[len(known):]
        font = dict(zip(shown, known))
        if (len(font) == len(set(known)) and [font[cell] for cell in shown] == list(known)
                and font.get(blank) == " " and set(rest) == {blank}):
            return ["".join(font.get(cell, "?") for cell in row).rstrip() for row in cells]
    return None
