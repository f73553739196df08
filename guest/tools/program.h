// SPDX-License-Identifier: MIT
#ifndef TESSERACTL_PROGRAM_H
#define TESSERACTL_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>

// Runs a program from PATH and waits for it. Its output and its errors are stored in `output`, cut
// to `size` bytes. False if it does not end with status 0; the reason has been printed.
bool program_run(const char *const *words, char *output, size_t size);

#endif
