// SPDX-License-Identifier: MIT
#ifndef TESSERACTL_EXIT_REASONS_H
#define TESSERACTL_EXIT_REASONS_H

// The name of a reason for a VM exit: "CPUID", "EPT_VIOLATION"...; "?" for none.
const char *reason_name(unsigned int reason);

#endif
