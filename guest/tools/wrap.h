// SPDX-License-Identifier: MIT
#ifndef TESSERACTL_WRAP_H
#define TESSERACTL_WRAP_H

// Prints words in lines of a terminal's width, each behind that many blanks.
void print_wrapped(unsigned int indent, const char *words);

#endif
