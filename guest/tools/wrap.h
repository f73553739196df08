// SPDX-License-Identifier: MIT
#ifndef TESSERACTL_WRAP_H
#define TESSERACTL_WRAP_H

// Prints words in lines as wide as a terminal, each indented by `indent` blanks.
void print_wrapped(unsigned int indent, const char *words);

#endif
