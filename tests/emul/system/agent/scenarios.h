// SPDX-License-Identifier: MIT
// The one list of scenarios. The host reads it too (tests/emul/system/scenarios.py): a scenario
// that stands here is a test. X(name, CPUs that it needs, the numbers that it covers in the
// list of tests/scenarios.md).
#ifndef AGENT_SCENARIOS_H
#define AGENT_SCENARIOS_H

// clang-format off
#define SCENARIOS(X) \
	X(query_answers, 1, "1") \
	X(access_map_reads_back, 1, "2") \
	X(each_tile_denied, 1, "3 4 22") \
	X(each_tile_open, 1, "5") \
	X(borders_of_each_tile, 1, "6 7 57") \
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
	X(set_and_clear_leak_nothing, 1, "17 24 28") \
	X(only_tightening_shoots_down, 1, "55") \
	X(statistics_count, 1, "") \
	X(statistics_fit_the_caller, 1, "") \
	X(the_log_can_be_read, 1, "") \
	X(a_claim_needs_its_key, 1, "") \
	X(a_claim_can_be_released, 1, "") \
	X(asking_for_a_key_is_no_guess, 1, "") \
	X(interrupts_outlast_a_wrong_key, 1, "") \
	X(guesses_delay_nobody_else, 4, "") \
	X(each_error_is_provoked, 4, "15") \
	X(examples_protect, 1, "") \
	X(examples_watch, 1, "") \
	X(batches_protect_and_open, 1, "") \
	X(batches_have_an_order, 1, "") \
	X(batches_are_all_or_nothing, 1, "16") \
	X(batches_refuse_their_buffer, 1, "15") \
	X(gva_ranges_follow_the_tables, 1, "") \
	X(gva_ranges_stay_where_they_were, 1, "") \
	X(gva_ranges_are_the_callers, 1, "") \
	X(gva_ranges_in_large_pages, 1, "") \
	X(gva_ranges_refuse_holes, 1, "15 16") \
	X(gva_ranges_refuse_nonsense, 1, "15") \
	X(stores_undisturbed, 1, "") \
	X(stores_denied, 1, "33 35 36 37") \
	X(stores_beside_closed_tiles, 1, "36") \
	X(stores_in_shared_tile, 1, "36 67") \
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
	X(crossing_with_one_page_free, 1, "32 61") \
	X(crossing_into_a_device, 1, "61") \
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
	X(a_store_and_its_walk, 1, "44 61") \
	X(events_undisturbed, 1, "") \
	X(events_onto_a_shared_tile, 1, "41") \
	X(events_onto_an_audited_stack, 1, "41 42") \
	X(events_onto_a_discarding_stack, 1, "41") \
	X(events_onto_a_denied_stack, 1, "41") \
	X(events_denied_by_one_byte, 1, "41") \
	X(events_across_two_pages, 1, "41 61") \
	X(events_denied_across_two_pages, 1, "41 61") \
	X(events_from_user_mode, 1, "41") \
	X(events_denied_from_user_mode, 1, "41") \
	X(nmis_come_once, 1, "43") \
	X(nmis_wait_for_iret, 1, "43") \
	X(nmis_onto_a_protected_stack, 1, "43") \
	X(nmis_onto_a_denied_stack, 1, "43") \
	X(nmi_blocking_outlives_an_exit_of_iret, 1, "43") \
	X(trap_flag_over_exits, 1, "52") \
	X(trap_flag_over_an_audited_store, 1, "52") \
	X(trap_flag_over_a_discarded_store, 1, "52") \
	X(trap_flag_over_a_store_to_a_shared_tile, 1, "52") \
	X(trap_flag_over_a_denied_store, 1, "52") \
	X(trap_flag_under_a_timer, 1, "52 60") \
	X(sti_then_any_store, 1, "53") \
	X(sti_then_an_audited_store, 1, "53") \
	X(sti_then_a_discarded_store, 1, "53") \
	X(sti_then_a_denied_store, 1, "53") \
	X(sti_then_a_store_to_a_shared_tile, 1, "53") \
	X(interrupts_between_steps, 1, "60") \
	X(hidden_memory_reads_zeros, 1, "") \
	X(hidden_memory_swallows_stores, 1, "") \
	X(hidden_memory_takes_any_store, 1, "") \
	X(stores_over_the_edge_of_hidden_memory, 1, "") \
	X(strings_from_and_to_hidden_memory, 1, "") \
	X(hidden_memory_under_an_alias, 1, "") \
	X(wide_accesses_beside_hidden_ports, 1, "") \
	X(configuration_ports_answer, 1, "") \
	X(strings_at_hidden_ports, 1, "") \
	X(vmx_instructions_are_undefined, 1, "77") \
	X(vmx_cannot_be_switched_on, 1, "77") \
	X(faults_have_the_resume_flag, 1, "") \
	X(a_faulty_move_to_cr0_changes_nothing, 1, "") \
	X(cpuid_hides_vmx, 1, "77") \
	X(user_mode_cannot_call, 1, "") \
	X(user_mode_writes_no_supervisor_memory, 2, "") \
	X(user_mode_has_its_own_exits, 1, "") \
	X(registers_survive_exits, 1, "") \
	X(vmx_msrs_are_absent, 1, "77") \
	X(feature_control_is_locked, 1, "77") \
	X(bad_msr_values_fault, 1, "") \
	X(good_msr_values_stick, 1, "") \
	X(msrs_of_other_hypervisors_fault, 1, "") \
	X(bootstrap_processor_stays, 1, "") \
	X(apic_modes_follow_the_manual, 1, "") \
	X(a_disabled_apic_takes_shootdowns, 4, "") \
	X(the_a20_gate_drops_no_memory, 1, "") \
	X(refused_writes_fill_no_log, 1, "") \
	X(newer_features_are_hidden, 1, "") \
	X(no_trace_of_hidden_stores, 1, "") \
	X(bad_xcr_values_fault, 1, "") \
	X(mtrr_write_is_followed, 1, "") \
	X(no_store_lands_after_protect, 4, "54 56 57") \
	X(no_store_lands_after_access_set, 4, "54") \
	X(no_store_lands_between_batches, 4, "54") \
	X(no_stepped_store_lands_after_protect, 4, "54 63") \
	X(steps_open_nothing_to_others, 4, "58") \
	X(counters_without_protection, 4, "59") \
	X(steps_lose_no_store, 4, "59") \
	X(stores_beside_steps_are_not_lost, 4, "59") \
	X(updates_outlive_an_audit, 4, "59") \
	X(updates_outlive_a_neighbour, 4, "59") \
	X(updates_outlive_a_tile, 4, "59") \
	X(updates_outlive_a_batch, 4, "59") \
	X(updates_outlive_an_access_map, 4, "59") \
	X(updates_outlive_a_large_page, 4, "59") \
	X(nmis_among_shoot_downs, 4, "43 54") \
	X(a_write_waits_for_the_operator, 1, "") \
	X(random_stores_against_model, 1, "76") \
	X(random_stores_on_all_processors, 4, "76") \
	X(nonsense_from_all_processors, 1, "15") \
	X(processors_start_again, 4, "") \
	X(stores_in_every_mode, 4, "38") \
	X(protection_while_waiting_for_sipi, 4, "54") \
	X(init_strikes_anywhere, 4, "") \
	X(each_denial_is_counted_once, 1, "") \
	X(guessed_keys_seal_nothing, 1, "") \
	/* Nothing can be changed back after these: they stay the last. */ \
	X(examples_own_and_seal, 1, "") \
	X(a_sealed_rule_stays, 1, "") \
	X(a_sealed_policy_stays, 1, "") \
	X(lockdown_ends_all_changes, 1, "") \
	X(x2apic_mode_can_be_left, 1, "")
// clang-format on

#define SCENARIO_PROTOTYPE(name, processors, numbers) void name(void);
SCENARIOS(SCENARIO_PROTOTYPE)

#endif
