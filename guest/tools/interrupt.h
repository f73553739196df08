// SPDX-License-Identifier: MIT
// Signals that end the tool (Ctrl-C, kill) as a request: a wait returns early, and the command
// cleans up before it ends.
#ifndef TESSERACTL_INTERRUPT_H
#define TESSERACTL_INTERRUPT_H

#include <stdbool.h>

void interrupt_catch(void);
bool interrupt_seen(void);

#endif
