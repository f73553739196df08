// SPDX-License-Identifier: MIT
// Messages to a person about what went wrong.
#ifndef TESSERACTL_MESSAGES_H
#define TESSERACTL_MESSAGES_H

// Prints one line on standard error, after the program's name.
void report_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

// Prints what the driver's errno means, after the name of what was refused. Returns REFUSED, or
// NO_DEVICE if Tessera does not run.
int report_refusal(const char *what);

// Prints errno as Linux explains it, for example for a file. Returns REFUSED.
int report_failure(const char *what);

// Flushes standard output. Returns `status`, or REFUSED if that was DONE and the flush fails
// because the disk is full or the pipe is closed.
int flush_output(int status);

#endif
