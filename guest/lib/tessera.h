// SPDX-License-Identifier: MIT
// libtessera: the driver's services (tessera/device.h) for programs. Functions return 0, or -1 with
// errno set, unless they say otherwise. `fd` is what tessera_open() returned.
#ifndef TESSERA_LIB_H
#define TESSERA_LIB_H

#include "tessera/device.h"

// A descriptor, or -1. Close it with close(): guards that are not to be kept end then.
int tessera_open(void);

// What errno means here and what to do about it.
const char *tessera_explain(int error);

int tessera_get_info(int fd, struct tessera_info *info);

// Protects memory; the guard's number is filled in.
int tessera_guard(int fd, struct tessera_guard *guard);
int tessera_unguard(int fd, uint32_t number);

// The guard with the lowest number from guard->number on. ENOENT after the last.
int tessera_next_guard(int fd, struct tessera_guard *guard);

// The region with this index. ENOENT after the last.
int tessera_get_region(int fd, uint64_t index, struct tessera_region *region);

// Rules. `get` returns the number of the next one, 0 after the last, -1 on error.
int tessera_get_rule(int fd, uint32_t number, struct tessera_rule *rule);
int tessera_create_rule(int fd, struct tessera_rule *rule);
int tessera_delete_rule(int fd, uint32_t number);
int tessera_seal_rule(int fd, uint32_t number);

// The rule with this name. ENOENT.
int tessera_find_rule(int fd, const char *name, struct tessera_rule *rule);

// The names of actions in text. `read` returns -1 for what is none that a rule may have.
const char *tessera_action_name(uint32_t action);
int tessera_action_read(const char *text, uint32_t *action);

// Where the kernel, or with `module` that module, has a symbol. ENOENT; EPERM when the kernel hides
// its addresses.
int tessera_symbol(const char *name, const char *module, uint64_t *address);

#endif
