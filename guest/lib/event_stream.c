// SPDX-License-Identifier: MIT
// The stream of events, which is read from the device's file.
#define _GNU_SOURCE // SEEK_DATA
#include <errno.h>
#include <unistd.h>

#include "system.h"
#include "tessera.h"

int tessera_rewind_events(int fd)
{
	return tessera_system.seek(fd, 0, SEEK_DATA) < 0 ? -1 : 0;
}

// Reads the events that are there now. Returns their number, 0 without any.
static int read_now(int fd, struct tessera_event *events, unsigned int count)
{
	ssize_t size = tessera_system.read(fd, events, count * sizeof(*events));

	if (size < 0)
		return errno == EAGAIN ? 0 : -1;
	if (size % (ssize_t)sizeof(*events) == 0)
		return (int)(size / (ssize_t)sizeof(*events));
	errno = EPROTO;
	return -1;
}

int tessera_read_events(int fd, struct tessera_event *events, unsigned int count, int milliseconds)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	int got = read_now(fd, events, count);
	int ready;

	if (got || !milliseconds)
		return got;
	ready = tessera_system.poll(&wait, 1, milliseconds);
	return ready > 0 ? read_now(fd, events, count) : ready;
}

int tessera_get_events(int fd, struct tessera_events *state)
{
	return tessera_system.control(fd, TESSERA_IOC_EVENTS, state);
}
