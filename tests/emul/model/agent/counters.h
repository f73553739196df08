// SPDX-License-Identifier: MIT
// Words that all CPUs add to with locked instructions, in tiles of every sort: no addition
// may be lost, whether it is stepped or not.
#ifndef COUNTERS_H
#define COUNTERS_H

#include "tests/emul/model/agent/model.h"

void counters_begin(struct player *p); // once the common rules are there
void counters_add(struct player *p);
void counters_event(struct player *p, const struct tessera_event *e);
void counters_end(struct player *p); // when all have ended: before the events are compared
void counters_check(struct player *p);

#endif
