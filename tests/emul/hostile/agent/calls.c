// SPDX-License-Identifier: MIT
// Hypercalls with nonsense from all CPUs while the rules change. Without Tessera nothing is done.
#include "tests/emul/hostile/agent/hostile.h"
#include "tests/emul/system/agent/nonsense.h"
#include "tests/emul/system/agent/plain.h"

static void begin(void)
{
	if (tessera_present())
		nonsense_begin(argument[OF_HIDDEN_BLOCK], argument[OF_HIDDEN_SIZE]);
}

static void play(struct hostile *h)
{
	about(h, "a call");
	if (!tessera_present())
		return;
	random_seed(chance(h));
	nonsense_step();
}

static void end(void)
{
	if (tessera_present())
		nonsense_end();
}

const struct group calls_group = {
	.name = "calls", .cases = 4096, .random = true, .play = play, .begin = begin, .end = end
};
