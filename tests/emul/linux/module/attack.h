/* SPDX-License-Identifier: GPL-2.0 OR MIT */
// tessera_attack.ko: what a rootkit does, and memory of all kinds to be protected. A step is done
// by writing its name to /sys/module/tessera_attack/parameters/step; what it finds goes to the
// kernel log, and what is no fact of the step's own is judged by the tests.
#ifndef TESSERA_ATTACK_H
#define TESSERA_ATTACK_H

#include <linux/printk.h>
#include <linux/types.h>

#define say(...) pr_notice("attack: " __VA_ARGS__)

// Stores a word, in a way that survives a fault. False when it was refused. store_rip() is the
// address of the instruction.
bool store_word(u64 *where, u64 value);
u64 store_rip(void);

// Memory of every kind; its addresses are told by the step "places".
int places_take(void);
void places_drop(void);
void places_tell(void);

// A page of objects of 128 bytes: one for a guard, its neighbours to be written.
void slab_take(void);
void slab_write(void);
void slab_drop(void);
void slab_look(void);

#endif
