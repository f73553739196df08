// SPDX-License-Identifier: MIT
#include "client.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define PAGE        4096
#define PATIENCE_MS 5000
#define STORE_BYTES 16 // more than store() has

int open_device(void)
{
	int fd = open(TESSERA_DEVICE, O_RDWR | O_CLOEXEC);

	require(fd >= 0);
	return fd;
}

uint32_t make_rule(int fd, uint32_t action)
{
	struct tessera_rule rule = { .action = action };

	require(ioctl(fd, TESSERA_IOC_RULE_CREATE, &rule) == 0);
	return rule.number;
}

void delete_rule(int fd, uint32_t rule)
{
	struct tessera_rule which = { .number = rule };

	require(ioctl(fd, TESSERA_IOC_RULE_DELETE, &which) == 0);
}

struct tessera_info get_info(int fd)
{
	struct tessera_info info;

	require(ioctl(fd, TESSERA_IOC_INFO, &info) == 0);
	return info;
}

struct tessera_events get_events(int fd)
{
	struct tessera_events events;

	require(ioctl(fd, TESSERA_IOC_EVENTS, &events) == 0);
	return events;
}

uint64_t number(const char *text)
{
	require(text);
	return strtoull(text, NULL, 0);
}

void *new_page(void)
{
	void *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	require(page != MAP_FAILED);
	memset(page, 0, PAGE);
	return page;
}

uint32_t guard_own(int fd, uint32_t rule, void *start, uint64_t length)
{
	struct tessera_guard guard = { .rule = rule,
				       .space = TESSERA_SPACE_PROCESS,
				       .start = (uintptr_t)start,
				       .length = length,
				       .pid = getpid() };

	require(ioctl(fd, TESSERA_IOC_GUARD, &guard) == 0);
	require(guard.number && guard.held && guard.creator_pid == (uint32_t)getpid());
	return guard.number;
}

void unguard(int fd, uint32_t guard)
{
	struct tessera_guard which = { .number = guard };

	require(ioctl(fd, TESSERA_IOC_UNGUARD, &which) == 0);
}

void sleep_ms(unsigned int ms)
{
	struct timespec time = { ms / 1000, ms % 1000 * 1000000L };

	nanosleep(&time, NULL);
}

void await_guards(int fd, uint32_t guards)
{
	struct tessera_info info;

	for (unsigned int i = 0; i < PATIENCE_MS / 10; i++) {
		info = get_info(fd);
		if (info.guards == guards)
			break;
		sleep_ms(10);
	}
	require(info.guards == guards);
	require(guards || (!info.held && !info.regions));
}

__attribute__((noinline, noclone)) void store(volatile uint64_t *where, uint64_t value)
{
	*where = value;
}

bool is_in_store(uint64_t rip)
{
	return rip - (uintptr_t)store < STORE_BYTES;
}
