// SPDX-License-Identifier: MIT
#ifndef TESSERACTL_PROGRAM_H
#define TESSERACTL_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>

// Runs a program from PATH and waits. What it printed, errors included, goes to
// `output`, cut to the size. False, with why on standard error, unless it ended with 0.
bool program_run(const char *const *words, char *output, size_t size);

#endif
