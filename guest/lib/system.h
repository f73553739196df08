// SPDX-License-Identifier: MIT
// The seam between library and system: all calls to the driver go through this table, and all paths
// begin with `root`, so that a test can replace the device and the files.
#ifndef TESSERA_SYSTEM_H
#define TESSERA_SYSTEM_H

#include <poll.h>
#include <stdio.h>
#include <sys/types.h>

struct tessera_system {
	const char *root; // prefix of every path: "" except in a test
	int (*open)(const char *path, int flags);
	int (*close)(int fd);
	int (*control)(int fd, unsigned long request, void *argument);
	ssize_t (*read)(int fd, void *to, size_t size);
	off_t (*seek)(int fd, off_t offset, int whence);
	int (*poll)(struct pollfd *fds, nfds_t count, int milliseconds);
};

extern struct tessera_system tessera_system;

// A path below the root. One that does not fit is cut, so that no such file exists.
struct tessera_path {
	char text[512];
};

struct tessera_path tessera_path(const char *format, ...) __attribute__((format(printf, 1, 2)));

// fopen() below the root.
FILE *tessera_file(const char *path, const char *mode);

#endif
