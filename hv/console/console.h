// SPDX-License-Identifier: MIT
// The operator's console: the UART, the shell on it, and how often it is polled.
#ifndef HV_CONSOLE_CONSOLE_H
#define HV_CONSOLE_CONSOLE_H

#include "hv/lib/types.h"

// Opens the UART and starts the shell. `timer_shift` is how much slower the preemption timer counts
// than the TSC. Once, on the BSP. Without a UART the console stays closed; the log still works.
void console_init(u32 timer_shift);

// The UART's ports *first..*last, which are hidden from the guest; false without a UART.
bool console_ports(u16 *first, u16 *last);

#endif
