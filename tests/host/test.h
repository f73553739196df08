// SPDX-License-Identifier: MIT
// cmocka with the headers that it wants included first.
#ifndef HOST_TEST_H
#define HOST_TEST_H

// clang-format off
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#endif
