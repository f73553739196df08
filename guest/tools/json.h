// SPDX-License-Identifier: MIT
// Writes one JSON object on a line of its own. Addresses are strings in hexadecimal: a reader's
// numbers may hold no more than 53 bits.
#ifndef TESSERACTL_JSON_H
#define TESSERACTL_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct json {
	FILE *to;
	bool more; // something stands in the object
};

struct json json_begin(FILE *to);
void json_text(struct json *j, const char *name, const char *text);
void json_number(struct json *j, const char *name, uint64_t number);
void json_address(struct json *j, const char *name, uint64_t address);
void json_bool(struct json *j, const char *name, bool value);
void json_end(struct json *j);

#endif
