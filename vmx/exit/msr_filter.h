// SPDX-License-Identifier: MIT
// The table of MSRs that the guest does not access directly, and of what happens instead.
#ifndef VMX_EXIT_MSR_FILTER_H
#define VMX_EXIT_MSR_FILTER_H

#include "hv/lib/types.h"

// Fills the 4 KiB MSR bitmap (manual: "MSR-Bitmap Address") from the table.
void msrs_fill_bitmap(u8 *bitmap);

// Whether writes to the x2APIC's interrupt command register exit (vmx/exit/icr_trap.c).
void msrs_intercept_icr(u8 *bitmap, bool on);

#endif
