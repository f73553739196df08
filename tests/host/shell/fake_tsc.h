// SPDX-License-Identifier: MIT
// For tests with `-include` of this file: RDTSC reads a counter that the test sets, as a guest can
// set the real one by WRMSR.
#ifndef FAKE_TSC_H
#define FAKE_TSC_H

#define __builtin_ia32_rdtsc fake_tsc_read

unsigned long long fake_tsc_read(void);

#endif
