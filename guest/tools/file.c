// SPDX-License-Identifier: MIT
#include "tools/file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define READ_MAX  (64UL << 20)
#define READ_STEP 65536

bool file_begin(struct new_file *file, const char *path)
{
	if (snprintf(file->path, sizeof(file->path), "%s", path) >= (int)sizeof(file->path)) {
		errno = ENAMETOOLONG;
		return false;
	}
	snprintf(file->beside, sizeof(file->beside), "%s.new", file->path);
	file->to = fopen(file->beside, "we");
	return file->to;
}

bool file_end(struct new_file *file)
{
	bool good = !ferror(file->to) && fflush(file->to) == 0 && fsync(fileno(file->to)) == 0;
	int error = errno;

	if (fclose(file->to) && good) {
		error = errno;
		good = false;
	}
	if (good && rename(file->beside, file->path) == 0)
		return true;
	if (good)
		error = errno;
	unlink(file->beside);
	errno = error;
	return false;
}

void file_drop(struct new_file *file)
{
	fclose(file->to);
	unlink(file->beside);
}

char *file_read(const char *path, size_t *size)
{
	FILE *file = fopen(path, "re");
	char *data = NULL;
	size_t got = 0;
	int error;

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
	error = errno;
	fclose(file);
	if (error) {
		free(data);
		errno = error;
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
	return file_end(&file);
}
