// SPDX-License-Identifier: MIT
// Ctrl-C and kill as a request to end well: what waits comes back early, and things are put back.
#ifndef TESSERACTL_INTERRUPT_H
#define TESSERACTL_INTERRUPT_H

#include <stdbool.h>

void interrupt_catch(void);
bool interrupt_seen(void);

#endif
