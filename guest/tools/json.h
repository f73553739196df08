// SPDX-License-Identifier: MIT
// Writes one JSON object on a line. Addresses are hexadecimal strings, because many JSON readers
// keep only 53 bits of a number.
#ifndef TESSERACTL_JSON_H
#define TESSERACTL_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct json {
	FILE *to;
	bool more; // the object has a member already
};

struct json json_begin(FILE *to);
void json_text(struct json *j, const char *name, const char *text);
void json_number(struct json *j, const char *name, uint64_t number);
void json_address(struct json *j, const char *name, uint64_t address);
void json_bool(struct json *j, const char *name, bool value);
void json_end(struct json *j);

#endif
