// SPDX-License-Identifier: MIT
// Files that are replaced in one step: a reader sees the old contents or the new contents, also
// after a crash. The folder may belong to another user: links in it are never followed.
#ifndef TESSERACTL_FILE_H
#define TESSERACTL_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define FILE_NAME_SIZE 256

struct new_file {
	FILE *to;
	int folder;                     // descriptor of the folder of both names
	char name[FILE_NAME_SIZE];      // the name that it gets in the end
	char temporary[FILE_NAME_SIZE]; // the name that it has until it is complete
};

// Creates the new contents under a random name beside `path`. Write them to file->to, then call
// file_commit() or file_abandon(). False with errno set.
bool file_begin(struct new_file *file, const char *path);

// Flushes the contents to the disk and renames the file to its name. On false, with errno set, the
// old file is unchanged.
bool file_commit(struct new_file *file);

// Deletes the new contents.
void file_abandon(struct new_file *file);

// Reads a whole file. The caller frees the result, which ends with a zero that *size does not
// count. NULL with errno set.
char *file_read(const char *path, size_t *size);

// Replaces the contents of a file in one step. False with errno set.
bool file_write(const char *path, const void *data, size_t size);

#endif
