// SPDX-License-Identifier: MIT
// In the place of hv/x86/msr.h for tests with `-iquote tests/host/unit/fake`: the same, but the
// test has the MSRs.
#ifndef TESTS_HOST_UNIT_FAKE_MSR_H
#define TESTS_HOST_UNIT_FAKE_MSR_H

#define rdmsr      rdmsr_instruction
#define wrmsr      wrmsr_instruction
#define rdmsr_safe rdmsr_safe_instruction
#define wrmsr_safe wrmsr_safe_instruction
#include "../../../../../../hv/x86/msr.h"
#undef rdmsr
#undef wrmsr
#undef rdmsr_safe
#undef wrmsr_safe

u64 rdmsr(u32 msr);
void wrmsr(u32 msr, u64 value);
bool rdmsr_safe(u32 msr, u64 *value);
bool wrmsr_safe(u32 msr, u64 value);

#endif
