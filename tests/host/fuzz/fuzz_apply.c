// SPDX-License-Identifier: MIT
// Sources: guest/lib/*.c guest/tools/policy_file.c guest/tools/target.c
// Sources: guest/tools/kernel_symbols.c guest/tools/options.c guest/tools/commands.c
// Sources: guest/tools/rule_choice.c guest/tools/messages.c hv/lib/number.c
// Options: -max_len=512 -dict=tests/host/fuzz/fuzz_apply.dict
// Any bytes as a policy file are either read completely or refused with an error.
#include <stdlib.h>
#include <string.h>

#include "lib/tessera.h"
#include "tools/target.h"
#include "tools/policy_file.h"
#include "tools/rule_choice.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void complain(void *context, unsigned int line, const char *what)
{
	unsigned int *faults = context;

	if (!line || !*what)
		abort();
	++*faults;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned int faults = 0;
	struct policy p;

	if (policy_read(&p, (const char *)data, size, complain, &faults) != !faults)
		abort();
	for (size_t i = 0; i < p.rule_count; i++)
		if (!rule_name_is_valid(p.rules[i].name) ||
		    p.rules[i].action == TESSERA_ACTION_ALLOW ||
		    p.rules[i].action >= TESSERA_ACTION_COUNT)
			abort();
	for (size_t i = 0; i < p.region_count; i++)
		if (p.regions[i].rule >= p.rule_count || target_error(&p.regions[i].place))
			abort();
	policy_free(&p);
	return 0;
}
