// SPDX-License-Identifier: MIT
#ifndef TESSERACTL_EXIT_REASONS_H
#define TESSERACTL_EXIT_REASONS_H

// The name of a basic exit reason, for example "CPUID", or "?".
const char *reason_name(unsigned int reason);

#endif
