// SPDX-License-Identifier: MIT
#include "tools/attempts.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "lib/system.h"

#define VARIABLE EFIVARS "/TesseraAttempts-7e55e7a0-626f-6f74-8000-000000000001"

// The contents of a variable's file in efivarfs: four bytes of attributes, then the value.
struct variable {
	uint32_t attributes;
	uint8_t count;
} __attribute__((packed));

// efivarfs protects variables that Linux does not know against accidental deletion.
static bool make_mutable(int fd)
{
	int flags;

	if (ioctl(fd, FS_IOC_GETFLAGS, &flags))
		return errno == ENOTTY; // a file system without flags, as in the tests
	if (!(flags & FS_IMMUTABLE_FL))
		return true;
	flags &= ~FS_IMMUTABLE_FL;
	return ioctl(fd, FS_IOC_SETFLAGS, &flags) == 0;
}

bool attempts_forget(unsigned int *count)
{
	struct tessera_path path = tessera_path(VARIABLE);
	struct variable v = { 0 };
	int fd = open(path.text, O_RDONLY | O_CLOEXEC);
	bool done;

	*count = 0;
	if (fd < 0)
		return errno == ENOENT && access(tessera_path(EFIVARS).text, F_OK) == 0;
	if (read(fd, &v, sizeof(v)) == sizeof(v))
		*count = v.count;
	done = make_mutable(fd) && unlink(path.text) == 0;
	close(fd);
	return done;
}
