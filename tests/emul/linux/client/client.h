/* SPDX-License-Identifier: MIT */
// A program of the guest's that uses /dev/tessera in ways that no sane program would. Each command
// ends with 0 when all that it requires is so; otherwise it says what is not.
#ifndef CLIENT_H
#define CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tessera/device.h"

struct command {
	const char *name, *arguments;
	void (*run)(char **arguments);
};

extern const struct command calls_commands[], events_commands[], extents_commands[],
	guards_commands[], power_commands[], times_commands[];

#define require(fact)                                       \
	do {                                                \
		if (!(fact))                                \
			give_up(__FILE__, __LINE__, #fact); \
	} while (0)
void give_up(const char *file, int line, const char *fact) __attribute__((noreturn));

// Calls that have to succeed.
int open_device(void);
uint32_t make_rule(int fd, uint32_t action);
void delete_rule(int fd, uint32_t rule);
struct tessera_info get_info(int fd);
struct tessera_events get_events(int fd);
uint64_t number(const char *text);

// A page of this process's own.
void *new_page(void);

// Guards bytes of this process and returns the guard's number.
uint32_t guard_own(int fd, uint32_t rule, void *start, uint64_t length);
void unguard(int fd, uint32_t guard);

void sleep_ms(unsigned int ms);

// Waits up to 5 seconds until the driver has so many guards, and nothing else in its hands.
void await_guards(int fd, uint32_t guards);

// One instruction, for events to tell of.
void store(volatile uint64_t *where, uint64_t value);
bool is_in_store(uint64_t rip);

#endif
