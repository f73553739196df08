// SPDX-License-Identifier: MIT
#include "tessera/call.h"

uint64_t gpa_of(const void *address);

// Returns the number of writes that were denied since Tessera started, or -1.
int64_t denied_writes(void)
{
	static struct tessera_statistics s;
	struct tessera_result r =
		tessera_call(TESSERA_CALL_STATISTICS, gpa_of(&s), sizeof(s), 0, 0, 0);

	return r.error ? -1 : (int64_t)s.denied_writes;
}

// Passes the lines of the log from number *next on to `show`, and moves *next behind them.
int64_t log_read(uint64_t *next, void (*show)(const struct tessera_log_line *line))
{
	static struct tessera_log_line lines[TESSERA_LOG_MAX];
	struct tessera_result r;

	do {
		r = tessera_call(TESSERA_CALL_LOG_READ, *next, gpa_of(lines), TESSERA_LOG_MAX,
				 TESSERA_LOG_CURRENT, 0);
		for (uint64_t i = 0; !r.error && i < r.value; i++) {
			show(&lines[i]);
			*next = lines[i].sequence + 1;
		}
	} while (!r.error && r.value);
	return r.error;
}
