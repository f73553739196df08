// SPDX-License-Identifier: MIT
// What the commands of the small table saw.
#ifndef SMALL_TABLE_H
#define SMALL_TABLE_H

#include "hv/console/shell/shell.h"

extern u32 runs, last_argc, lines_printed;
extern char last_argv[COMMAND_ARGS_MAX][64];
extern bool table_locked;

#endif
