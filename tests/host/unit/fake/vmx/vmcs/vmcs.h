// SPDX-License-Identifier: MIT
// In the place of vmx/vmcs/vmcs.h for tests with `-iquote tests/host/unit/fake`: the same fields,
// in a VMCS that the test has in memory.
#ifndef TESTS_HOST_UNIT_FAKE_VMCS_H
#define TESTS_HOST_UNIT_FAKE_VMCS_H

#define vmread      vmread_instruction
#define vmwrite     vmwrite_instruction
#define vmread_safe vmread_safe_instruction
#include "../../../../../../vmx/vmcs/vmcs.h"
#undef vmread
#undef vmwrite
#undef vmread_safe

u64 vmread(u64 field);
void vmwrite(u64 field, u64 value);

#endif
