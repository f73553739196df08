// SPDX-License-Identifier: MIT
// What this agent can be asked for. It is built from the files of tests/emul/system/agent, whose
// main.c gets this list instead of its own three: the guards' names are those of the others.
#ifndef AGENT_SCENARIOS_H
#define AGENT_SCENARIOS_H
#define AGENT_DEVIRTUALIZE_LIST_H
#define AGENT_STARTS_H

#define SCENARIOS(X) X(play, 1, "76")
#define DEVIRTUALIZE_LIST(X)
#define STARTS(X)

// One round of the game. Arguments: seed, round, stores of each CPU.
void play(void);

#endif
