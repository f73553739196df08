// SPDX-License-Identifier: MIT
#include "tools/interrupt.h"

#include <signal.h>
#include <stddef.h>

static volatile sig_atomic_t caught;

static void note_signal(int number)
{
	(void)number;
	caught = 1;
}

void interrupt_catch(void)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP };
	// Without SA_RESTART, so that a signal interrupts the system call that waits.
	struct sigaction action = { .sa_handler = note_signal };

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		sigaction(numbers[i], &action, NULL);
}

bool interrupt_seen(void)
{
	return caught;
}
