// SPDX-License-Identifier: MIT
// cmocka with the headers that it wants included first.
#ifndef TESTS_UNIT_BOOT_TEST_H
#define TESTS_UNIT_BOOT_TEST_H

// clang-format off
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#endif
