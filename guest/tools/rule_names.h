// SPDX-License-Identifier: MIT
// The names of rules by their numbers, for output that people read.
#ifndef TESSERACTL_RULE_NAMES_H
#define TESSERACTL_RULE_NAMES_H

#include <stdint.h>

#include "lib/tessera.h"

// Copies a rule's name for a terminal: an agent may have put anything into it.
void rule_name_printable(const char from[TESSERA_NAME_SIZE], char to[TESSERA_NAME_SIZE]);

// The printable name of a rule, or "" if there is no such rule. Asks the driver once for each
// number, so that a stream of events costs no requests. Valid until the next call.
const char *rule_name(int fd, uint32_t number);

// Forgets what the driver said.
void rule_names_free(void);

#endif
