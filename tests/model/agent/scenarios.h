// SPDX-License-Identifier: MIT
// What this agent can be asked for. It is built from the files of tests/system/agent, whose main.c
// gets this list instead of its own: the guard's name is the one of the other list.
#ifndef AGENT_SCENARIOS_H
#define AGENT_SCENARIOS_H

#define SCENARIOS(X) X(play, 1, "76")

// One round of the game. Arguments: seed, round, stores of each processor.
void play(void);

#endif
