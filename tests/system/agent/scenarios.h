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
	X(borders_of_each_tile, 1, "6 7") \
	X(maps_against_model, 1, "8") \
	X(reads_and_fetches_are_free, 1, "9") \
	X(open_tiles_cost_nothing, 1, "5") \
	X(protect_refuses, 1, "15") \
	X(unprotect_refuses, 1, "15") \
	X(access_refuses, 1, "15") \
	X(access_set_is_all_or_nothing, 1, "16") \
	X(protect_is_all_or_nothing, 1, "16") \
	X(unknown_calls_answer_so, 1, "15") \
	X(answers_obey_the_rules, 1, "66") \
	X(set_and_clear_leak_nothing, 1, "17 28") \
	X(only_tightening_shoots_down, 1, "55") \
	X(stores_undisturbed, 1, "") \
	X(stores_denied, 1, "33 35 36") \
	X(stores_beside_closed_tiles, 1, "36") \
	X(stores_in_shared_tile, 1, "36") \
	X(stores_denied_by_one_byte, 1, "36") \
	X(stores_discarded, 1, "") \
	X(stores_discarded_in_part, 1, "") \
	X(stores_audited, 1, "") \
	X(crossing_from_a_closed_tile, 1, "30") \
	X(crossing_into_a_closed_tile, 1, "29") \
	X(crossing_two_open_tiles, 1, "31") \
	X(crossing_into_a_closed_page, 1, "32") \
	X(crossing_from_a_closed_page, 1, "32") \
	X(crossing_two_open_pages, 1, "32") \
	X(crossing_two_shared_pages, 1, "61") \
	X(maps_do_not_mix, 1, "23") \
	X(strings_up, 1, "34") \
	X(strings_down, 1, "34") \
	X(strings_stop_at_a_byte, 1, "34") \
	X(strings_are_audited_by_iteration, 1, "62") \
	X(strings_are_discarded, 1, "") \
	X(both_aliases_are_denied, 1, "39") \
	X(walks_through_a_denied_table, 1, "44") \
	X(walks_through_a_discarding_table, 1, "44") \
	X(walks_through_an_audited_table, 1, "44") \
	X(stores_to_a_denied_table, 1, "44") \
	X(a_store_and_its_walk, 1, "44 61")
// clang-format on

#define SCENARIO_PROTOTYPE(name, processors, numbers) void name(void);
SCENARIOS(SCENARIO_PROTOTYPE)

#endif
