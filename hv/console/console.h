// SPDX-License-Identifier: MIT
// The operator's console: our UART, the shell on it, and how often it is looked at.
#ifndef HV_CONSOLE_CONSOLE_H
#define HV_CONSOLE_CONSOLE_H

#include "hv/lib/types.h"

// Opens the UART and starts the shell. `timer_shift` is how much slower the preemption timer counts
// than the TSC. Once, on the BSP. Without a UART the console stays closed and the log goes on.
void console_init(u32 timer_shift);

// Moves bytes, runs at most one command. Only the console's CPU. Returns the preemption-timer ticks
// until the next look: soon while there is traffic, seldom when the line is quiet.
u64 console_poll(void);

// The ports that the guest must not reach: *first..*last, false when there is no UART.
bool console_ports(u16 *first, u16 *last);

// Keeps the shell from the line, until the release. Any CPU.
void console_seize(void);
void console_release(void);

// Sends text at once, past shell and log, waiting for the line within bounds: for the last words of
// a panic. Any CPU.
void console_emergency(const char *text);

#endif
