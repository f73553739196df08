/* SPDX-License-Identifier: MIT */
/*
 * Replaces functions of the running emulator, for the libraries that are preloaded into it.
 *
 * Bochs exports its symbols for the sake of its plug-ins, so a function is found by its name.
 */
#ifndef MACHINE_PATCH_H
#define MACHINE_PATCH_H

#include <dlfcn.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct patch {
	unsigned char *target;
	unsigned char own[12];  /* what stood there */
	unsigned char jump[12]; /* what sends its callers to us */
};

/* The address of one of the emulator's functions or variables, or NULL. */
static inline void *symbol(const char *name)
{
	return dlsym(RTLD_DEFAULT, name);
}

static inline void patch(const struct patch *p)
{
	memcpy(p->target, p->jump, sizeof(p->jump));
}

static inline void unpatch(const struct patch *p)
{
	memcpy(p->target, p->own, sizeof(p->own));
}

/* Makes ready to send callers of `target` to `ours`: returns 0 where that is not possible. */
static inline int patch_prepare(struct patch *p, void *target, void *ours)
{
	static const unsigned char jump[12] = { 0x48, 0xb8, [10] = 0xff,
						0xe0 }; /* mov rax; jmp rax */
	const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	const uintptr_t first = (uintptr_t)target & ~(page - 1);

	if (!target || mprotect((void *)first, (uintptr_t)target + sizeof(jump) - first,
				PROT_READ | PROT_WRITE | PROT_EXEC))
		return 0;
	p->target = target;
	memcpy(p->own, target, sizeof(p->own));
	memcpy(p->jump, jump, sizeof(jump));
	memcpy(p->jump + 2, &ours, sizeof(ours));
	return 1;
}

#endif
