/* SPDX-License-Identifier: GPL-2.0 OR MIT */
// The demonstration: one page, one protected tile, and the steps that show what that means.
#ifndef TESSERA_DEMO_H
#define TESSERA_DEMO_H

#include <linux/types.h>

struct tessera_demo {
	u8 *page;       // a page of our own, every byte in use
	bool protected; // the tile is under a rule
	unsigned int ok, failed;
};

// The tile that is protected: neither the first nor the last, so that it has neighbours.
#define DEMO_TILE 13

struct tessera_demo_step {
	const char *name;
	void (*run)(struct tessera_demo *d);
	bool protected; // the step needs the tile protected: true, or open: false
};

extern const struct tessera_demo_step tessera_demo_steps[];
extern const unsigned int tessera_demo_step_count;

// Leaves nothing protected.
void tessera_demo_open(struct tessera_demo *d);

#endif
