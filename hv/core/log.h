// SPDX-License-Identifier: MIT
// The log: a ring of lines in reserved memory. Any CPU, any context but NMI; never waits for the
// serial line. The console's CPU prints what is new when it polls.
#ifndef HV_CORE_LOG_H
#define HV_CORE_LOG_H

#include "hv/lib/types.h"
#include "tessera/hypercall.h"

#define LOG_LEVELS                         TESSERA_LOG_LEVELS

#define LOG_LEVEL_ENUM(name, letter, text) LOG_##name,
enum log_level { LOG_LEVELS(LOG_LEVEL_ENUM) LOG_LEVEL_COUNT };

#define LOG_TEXT_SIZE TESSERA_LOG_TEXT_SIZE // longer is cut

// Starts the log over `bytes` bytes at `memory` (any content; a ring found intact there from before
// a warm reset is kept readable as log_previous). Once, before other CPUs run.
void log_init(void *memory, u64 bytes, enum log_level level);

// Lines above the level are not recorded.
void log_set_level(enum log_level level);
enum log_level log_get_level(void);

// Formats as format() in hv/lib/format.h does. Lock-free: a slot is claimed by one atomic add.
void log_write(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#define log_error(...) log_write(LOG_ERROR, __VA_ARGS__)
#define log_warn(...)  log_write(LOG_WARN, __VA_ARGS__)
#define log_info(...)  log_write(LOG_INFO, __VA_ARGS__)
#define log_debug(...) log_write(LOG_DEBUG, __VA_ARGS__)

// Counts a line that the guest can cause at will in *count, and returns whether to log it this
// time: at the powers of two, so that it fills no log. Any context.
static inline bool log_is_due(u64 *count)
{
	u64 n = __atomic_add_fetch(count, 1, __ATOMIC_RELAXED);

	return !(n & (n - 1));
}

// Copies the first complete line with sequence >= from. False if no such line was written yet. A
// reader that was overtaken by the writers gets the oldest line that still exists.
bool log_read(u64 from, struct tessera_log_line *line);

// The same for the log from before a warm reset that log_init found. It no longer changes.
bool log_previous(u64 from, struct tessera_log_line *line);

// Lines written so far, including those that were overwritten.
u64 log_written(void);

#endif
