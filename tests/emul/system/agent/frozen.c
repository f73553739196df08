// SPDX-License-Identifier: MIT
// A write that stops the machine. With a third number the operator is there and lets it go on
// (tests/emul/system/test_freeze.py); without, nobody is, and an audit takes the place of the
// freeze.
#include "tests/emul/system/agent/agent.h"
#include "tests/emul/system/agent/hammer.h"
#include "tests/emul/system/agent/scenarios.h"

#define PAGE    62
#define TRAFFIC 64
#define OFFSET  1029
#define BYTE    0x5a

void a_write_waits_for_the_operator(void)
{
	static struct hammer hammers[CPUS_MAX];
	volatile u8 *place = page(PAGE) + OFFSET;
	u64 landed, denied;

	for (u32 i = 1; i < cpu_count; i++)
		hammers[i].byte = page(TRAFFIC);
	*place = 0;
	protect(argument[2] ? TESSERA_ACTION_FREEZE : TESSERA_ACTION_AUDIT, (u8 *)place, 1);
	hammers_start(hammers, cpu_count - 1);
	say("place 0x%lx traffic 0x%lx", gpa_of((u8 *)place), gpa_of(page(TRAFFIC)));
	*place = BYTE;
	hammers_stop(hammers, cpu_count - 1, &landed, &denied);
	same("the byte", *place, BYTE);
	same("denied elsewhere", denied, 0);
}
