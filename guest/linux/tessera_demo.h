/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* The demonstration: a page with one protected tile, and steps that show what protection means. */
#ifndef TESSERA_DEMO_H
#define TESSERA_DEMO_H

#include <linux/types.h>

/**
 * struct tessera_demo - the state of the demonstration
 * @page: a page that nothing else uses
 * @protected: the tile is protected
 * @ok: number of facts that held
 * @failed: number of facts that did not hold
 */
struct tessera_demo {
	u8 *page;
	bool protected;
	unsigned int ok, failed;
};

/* The protected tile. It is neither the first nor the last one, so that it has two neighbours. */
#define DEMO_TILE 13

/**
 * struct tessera_demo_step - a step of the demonstration
 * @name: the name by which it is run
 * @run: runs it
 * @protected: the step needs the tile protected (true) or open (false)
 */
struct tessera_demo_step {
	const char *name;
	void (*run)(struct tessera_demo *d);
	bool protected;
};

extern const struct tessera_demo_step tessera_demo_steps[];
extern const unsigned int tessera_demo_step_count;

void tessera_demo_open(struct tessera_demo *d);

#endif
