// SPDX-License-Identifier: MIT
// Files that are replaced as a whole: a reader sees the old one or the new one, also after a crash.
#ifndef TESSERACTL_FILE_H
#define TESSERACTL_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct new_file {
	FILE *to;
	char path[512];
	char beside[520]; // where it is written until it is whole
};

// Begins it. False with errno set.
bool file_begin(struct new_file *file, const char *path);

// Puts it into its place; or on false, with errno set, leaves things as they were.
bool file_end(struct new_file *file);

// Gives it up.
void file_drop(struct new_file *file);

// All of a file in memory that the caller frees; NULL with errno set. A zero follows it.
char *file_read(const char *path, size_t *size);

// Replaces the file at once.
bool file_write(const char *path, const void *data, size_t size);

#endif
