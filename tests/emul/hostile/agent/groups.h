// SPDX-License-Identifier: MIT
// The one list of groups: GROUP(name) is `const struct group name_group` in its own file. The host
// reads it too (tests/emul/hostile/play.py): a group that is listed here is a test.
#ifndef HOSTILE_GROUPS_H
#define HOSTILE_GROUPS_H

// clang-format off
#define HOSTILE_GROUPS(GROUP) \
	GROUP(vmx) \
	GROUP(msr_read) \
	GROUP(msr_write) \
	GROUP(control) \
	GROUP(descriptor) \
	GROUP(port) \
	GROUP(memory_types) \
	GROUP(apic) \
	GROUP(calls)
// clang-format on

#endif
