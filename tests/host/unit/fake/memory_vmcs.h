// SPDX-License-Identifier: MIT
// A VMCS in memory with the fields that VM entry checks, for tests of vmx/vmcs/guest.c and of what
// stands on it. memory_vmcs.c also stands in for two neighbours of guest.c.
#ifndef TESTS_HOST_UNIT_FAKE_MEMORY_VMCS_H
#define TESTS_HOST_UNIT_FAKE_MEMORY_VMCS_H

#include "tests/host/unit/entry_good.h"

extern struct entry_state vmcs;

// The fields of the last VM exit, which the guest's code only reads. The others of them are 0.
extern struct last_exit {
	u64 reason, vectoring;
} last_exit;

// Fills the VMCS; last_exit stays as it is.
void vmcs_fill(enum good_state which);

// Fails the test, with `when`, unless VM entry takes the VMCS as it is.
void vmcs_expect_entry(const char *when);

#endif
