// SPDX-License-Identifier: MIT
// The names of the actions of rules, of the engines and of the levels of the log.
#include "tessera.h"

#include <errno.h>
#include <string.h>

#define ACTION_NAME(name, number, text, meaning) [number] = text,
static const char *const actions[] = { TESSERA_ACTIONS(ACTION_NAME) };

const char *tessera_action_name(uint32_t action)
{
	return action < TESSERA_ACTION_COUNT ? actions[action] : "?";
}

int tessera_action_read(const char *text, uint32_t *action)
{
	for (uint32_t i = TESSERA_ACTION_AUDIT; i < TESSERA_ACTION_COUNT; i++) {
		if (strcmp(actions[i], text) == 0) {
			*action = i;
			return 0;
		}
	}
	errno = EINVAL;
	return -1;
}

const char *tessera_engine_name(uint32_t engine)
{
	return engine == TESSERA_ENGINE_HARDWARE ? "hardware" : "software";
}

#define LEVEL_NAME(name, letter, text) text,
static const char *const levels[] = { TESSERA_LOG_LEVELS(LEVEL_NAME) };

const char *tessera_level_name(uint32_t level)
{
	return level < sizeof(levels) / sizeof(levels[0]) ? levels[level] : "?";
}
