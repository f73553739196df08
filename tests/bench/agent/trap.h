// SPDX-License-Identifier: MIT
// An IDT in which only #GP goes anywhere: to skip_store (skip.asm).
#ifndef BENCH_TRAP_H
#define BENCH_TRAP_H

void trap_install(void);
void skip_store(void);

#endif
