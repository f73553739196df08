// SPDX-License-Identifier: MIT
// The operator's console: our UART, the shell on it, and how often it is looked at.
#ifndef HV_CONSOLE_CONSOLE_H
#define HV_CONSOLE_CONSOLE_H

#include "hv/lib/types.h"

// Opens the UART and starts the shell. `timer_shift` is how much slower the preemption timer counts
// than the TSC. Once, on the BSP. Without a UART the console stays closed and the log goes on.
void console_init(u32 timer_shift);

// The ports that the guest must not reach: *first..*last, false when there is no UART.
bool console_ports(u16 *first, u16 *last);

#endif
