// SPDX-License-Identifier: MIT
// What this agent can be asked for. It is built from the files of tests/emul/system/agent, whose
// main.c gets this list instead of its own three: the guards' names are those of the others.
#ifndef AGENT_SCENARIOS_H
#define AGENT_SCENARIOS_H
#define AGENT_DEVIRTUALIZE_LIST_H
#define AGENT_STARTS_H

#define SCENARIOS(X)         \
	X(groups, 1, "")     \
	X(play_cases, 1, "") \
	X(show_cases, 1, "")
#define DEVIRTUALIZE_LIST(X)
#define STARTS(X)

// Prints the number of cases of each group.
void groups(void);

// Plays cases of a group on all CPUs. Arguments: the group's number, the seed, the first case, the
// number of cases, the hidden block's address and size (0 without Tessera). play_cases prints a
// hash of each block and the cases that are set apart, show_cases prints each case.
void play_cases(void);
void show_cases(void);

#endif
