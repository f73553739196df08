// SPDX-License-Identifier: MIT
// The one list of scenarios. The host reads it too (tests/system/scenarios.py): a scenario that
// stands here is a test. X(name, processors that it needs, the numbers that it covers in the list
// of tests/scenarios.md).
#ifndef AGENT_SCENARIOS_H
#define AGENT_SCENARIOS_H

// clang-format off
#define SCENARIOS(X) \
	X(query_answers, 1, "1") \
	X(access_map_reads_back, 1, "2") \
	X(each_tile_denied, 1, "3 4") \
	X(each_tile_open, 1, "5") \
	X(stores_undisturbed, 1, "") \
	X(stores_denied, 1, "33 35 36") \
	X(stores_beside_closed_tiles, 1, "36") \
	X(stores_in_shared_tile, 1, "36") \
	X(stores_denied_by_one_byte, 1, "36") \
	X(stores_discarded, 1, "") \
	X(stores_discarded_in_part, 1, "") \
	X(stores_audited, 1, "")
// clang-format on

#define SCENARIO_PROTOTYPE(name, processors, numbers) void name(void);
SCENARIOS(SCENARIO_PROTOTYPE)

#endif
