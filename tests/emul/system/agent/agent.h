// SPDX-License-Identifier: MIT
// The test agent: a UEFI program that takes the machine over as an operating system would, and then
// runs scenarios by name, as the host asks for them on COM1. This is what scenarios need.
#ifndef AGENT_H
#define AGENT_H

#include "hv/lib/types.h"
#include "tests/emul/system/agent/call.h"
#include "tests/emul/system/agent/cpu.h"
#include "tests/emul/system/agent/memory.h"
#include "tests/emul/system/agent/probe.h"

// Numbers that the host sends behind a scenario's name.
#define ARGUMENTS_MAX 6
extern u64 argument[ARGUMENTS_MAX];

// A line on COM1. The host keeps the transcript; only lines that begin with ok or FAIL count.
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

// Ends the scenario (or, on another CPU, its job) as failed.
void fail(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

#define CHECK(condition, ...)              \
	do {                               \
		if (!(condition))          \
			fail(__VA_ARGS__); \
	} while (0)

// Both are unsigned numbers.
static inline void same(const char *what, u64 actual, u64 expected)
{
	CHECK(actual == expected, "%s is 0x%lx and should be 0x%lx", what, actual, expected);
}

#endif
