// SPDX-License-Identifier: MIT
// What the tool says to a person when something does not go well.
#ifndef TESSERACTL_MESSAGES_H
#define TESSERACTL_MESSAGES_H

// One line on standard error, after the program's name.
void report_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

// Says what errno means here, after what was refused. Returns REFUSED, or NO_DEVICE where there is
// no Tessera any more.
int report_refusal(const char *what);

// The same for an error that is Linux's own, of a file say.
int report_failure(const char *what);

// Writes out what was printed; a full disk or a closed pipe makes of DONE a REFUSED.
int flush_output(int status);

#endif
