// SPDX-License-Identifier: MIT
// The seam between the library and the system: what it opens and asks goes through this table. A
// test puts a device of its own there, and a folder of its own before every path.
#ifndef TESSERA_SYSTEM_H
#define TESSERA_SYSTEM_H

#include <poll.h>
#include <stdio.h>
#include <sys/types.h>

struct tessera_system {
	const char *root; // stands before every path: "" but in a test
	int (*open)(const char *path, int flags);
	int (*close)(int fd);
	int (*control)(int fd, unsigned long request, void *argument);
	ssize_t (*read)(int fd, void *to, size_t size);
	off_t (*seek)(int fd, off_t offset, int whence);
	int (*poll)(struct pollfd *fds, nfds_t count, int milliseconds);
};

extern struct tessera_system tessera_system;

// A path with the root before it. Cut short, so that there is no such file, when it does not fit.
struct tessera_path {
	char text[512];
};

struct tessera_path tessera_path(const char *format, ...) __attribute__((format(printf, 1, 2)));

// fopen() below the root.
FILE *tessera_file(const char *path, const char *mode);

#endif
