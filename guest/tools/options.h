// SPDX-License-Identifier: MIT
// The words after a command of tesseractl.
#ifndef TESSERACTL_OPTIONS_H
#define TESSERACTL_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

struct options {
	const char *symbol; // of the kernel
	const char *module; // that has the symbol
	const char *action;
	const char *name; // of the rule
	uint64_t phys;
	uint64_t length;
	uint64_t seconds; // to protect for
	bool has_seconds;
	bool has_phys;
	bool has_length;
};

// Reads "--word value" pairs. False, with a message on stderr, for what is none.
bool options_read(struct options *o, int argc, char **argv);

// A number, decimal or 0x..., with K, M or G behind it if you like.
bool number_read(const char *text, uint64_t *value);

#endif
