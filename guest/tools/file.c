// SPDX-License-Identifier: MIT
#include "tools/file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#define READ_MAX  (64UL << 20)
#define READ_STEP 65536

// Opens the folder of a path and keeps the last part of the path, the file's name.
static bool open_folder(struct new_file *file, const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	char *folder = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");

	file->folder = -1;
	if (!folder)
		return false;
	if (snprintf(file->name, sizeof(file->name), "%s", name) >= (int)sizeof(file->name))
		errno = ENAMETOOLONG;
	else
		file->folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	free(folder);
	return file->folder >= 0;
}

// Creates a file under a name that nobody can guess, so that nobody can put a link there first.
static bool create_temporary(struct new_file *file)
{
	uint64_t number;
	int length, fd;

	if (getrandom(&number, sizeof(number), 0) != sizeof(number))
		return false;
	length = snprintf(file->temporary, sizeof(file->temporary), "%s.%016" PRIx64, file->name,
			  number);
	if (length >= (int)sizeof(file->temporary)) {
		errno = ENAMETOOLONG;
		return false;
	}
	fd = openat(file->folder, file->temporary,
		    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
	if (fd < 0)
		return false;
	file->to = fdopen(fd, "w");
	if (file->to)
		return true;
	unlinkat(file->folder, file->temporary, 0);
	close(fd);
	return false;
}

bool file_begin(struct new_file *file, const char *path)
{
	int err;

	if (!open_folder(file, path))
		return false;
	if (create_temporary(file))
		return true;
	err = errno;
	close(file->folder);
	errno = err;
	return false;
}

bool file_commit(struct new_file *file)
{
	bool good = !ferror(file->to) && fflush(file->to) == 0 && fsync(fileno(file->to)) == 0;
	int err = errno;

	if (fclose(file->to) && good) {
		err = errno;
		good = false;
	}
	if (good && renameat(file->folder, file->temporary, file->folder, file->name)) {
		err = errno;
		good = false;
	}
	if (!good)
		unlinkat(file->folder, file->temporary, 0);
	close(file->folder);
	errno = err;
	return good;
}

void file_abandon(struct new_file *file)
{
	fclose(file->to);
	unlinkat(file->folder, file->temporary, 0);
	close(file->folder);
}

char *file_read(const char *path, size_t *size)
{
	FILE *file = fopen(path, "re");
	char *data = NULL;
	size_t got = 0;
	int err;

	*size = 0;
	if (!file)
		return NULL;
	do {
		char *more = realloc(data, *size + READ_STEP + 1);

		if (!more) {
			errno = ENOMEM;
			break;
		}
		data = more;
		errno = 0;
		got = fread(data + *size, 1, READ_STEP, file);
		*size += got;
		data[*size] = 0;
		if (*size > READ_MAX)
			errno = EFBIG;
	} while (got && !errno);
	err = errno;
	fclose(file);
	if (err) {
		free(data);
		errno = err;
		return NULL;
	}
	return data;
}

bool file_write(const char *path, const void *data, size_t size)
{
	struct new_file file = { 0 };

	if (!file_begin(&file, path))
		return false;
	fwrite(data, 1, size, file.to);
	return file_commit(&file);
}
