// SPDX-License-Identifier: MIT
// COM1, by its registers: the firmware is out of the way.
#ifndef AGENT_SERIAL_H
#define AGENT_SERIAL_H

#include "hv/lib/types.h"

void serial_start(void);
void serial_put(const char *text);

// Whether the host has typed something.
bool serial_waits(void);

// Reads a line into `to`, without its end.
void serial_line(char *to, u32 size);

#endif
