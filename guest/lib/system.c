// SPDX-License-Identifier: MIT
#include "system.h"

#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static int system_open(const char *path, int flags)
{
	return open(path, flags);
}

static int system_control(int fd, unsigned long request, void *argument)
{
	return ioctl(fd, request, argument);
}

struct tessera_system tessera_system = {
	.root = "",
	.open = system_open,
	.close = close,
	.control = system_control,
	.read = read,
	.seek = lseek,
	.poll = poll,
};

struct tessera_path tessera_path(const char *format, ...)
{
	struct tessera_path path;
	size_t root = strlen(tessera_system.root);
	va_list list;

	if (root >= sizeof(path.text))
		root = sizeof(path.text) - 1;
	memcpy(path.text, tessera_system.root, root);
	va_start(list, format);
	vsnprintf(path.text + root, sizeof(path.text) - root, format, list);
	va_end(list);
	return path;
}

FILE *tessera_file(const char *path, const char *mode)
{
	return fopen(tessera_path("%s", path).text, mode);
}
