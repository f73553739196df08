// SPDX-License-Identifier: MIT
// libtessera: the driver's services (tessera/device.h) for programs. Functions return 0, or -1 with
// errno set, unless they say otherwise. `fd` is what tessera_open() returned.
#ifndef TESSERA_LIB_H
#define TESSERA_LIB_H

#include "tessera/device.h"

// A descriptor, or -1. Close it with tessera_close(): guards that are not to be kept end then.
int tessera_open(void);
void tessera_close(int fd);

// What errno means here and what to do about it.
const char *tessera_explain(int error);

int tessera_get_info(int fd, struct tessera_info *info);

// A number of the hypervisor's: enum tessera_query.
int tessera_ask(int fd, uint32_t what, uint64_t *value);

// All that it counts.
int tessera_get_statistics(int fd, struct tessera_statistics *statistics);

// Lines of a log (enum tessera_log) from a sequence number on, TESSERA_LOG_MAX at most; begin with
// 1. Returns how many they are.
int tessera_read_log(int fd, uint32_t log, uint64_t sequence, struct tessera_log_line *lines);

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

// The rule with this name. ENOENT.
int tessera_find_rule(int fd, const char *name, struct tessera_rule *rule);

// Until the machine is reset: a rule, or the whole policy, can only be tightened; nothing at all
// can be changed.
#define TESSERA_WHOLE_POLICY UINT32_MAX
int tessera_seal(int fd, uint32_t rule);
int tessera_lockdown(int fd);

// Whether the driver alone may change the policy; it may from its start, unless told otherwise.
int tessera_claim(int fd);
int tessera_release(int fd);

// The stream of events. `rewind` goes back to the oldest that is there. `read` returns how many it
// read, at most `count`; 0 when none came for that long (negative: however long that takes).
int tessera_rewind_events(int fd);
int tessera_read_events(int fd, struct tessera_event *events, unsigned int count, int milliseconds);
int tessera_get_events(int fd, struct tessera_events *state);

// The names of actions in text. `read` returns -1 for what is none that a rule may have.
const char *tessera_action_name(uint32_t action);
int tessera_action_read(const char *text, uint32_t *action);
const char *tessera_engine_name(uint32_t engine);
const char *tessera_level_name(uint32_t level);

struct tessera_range {
	uint64_t start;
	uint64_t length; // 0: not known
};

// The kernel's list of symbols, as it is now. NULL with errno set.
struct tessera_symbols *tessera_symbols_read(void);
void tessera_symbols_free(struct tessera_symbols *symbols);

// The range of a symbol of the kernel, or with `module` of that module: from its address to the
// next symbol of the same owner. Several symbols can have the same name: `which` chooses one, from
// 1 on in the order of /proc/kallsyms; 0 accepts only a name that stands for one address. ENOENT;
// ENOTUNIQ for several symbols when `which` is 0; EPERM if the kernel hides its addresses.
int tessera_symbol(const struct tessera_symbols *symbols, const char *name, const char *module,
		   uint64_t which, struct tessera_range *range);

struct tessera_symbol_name {
	char name[256];
	char module[64]; // "" for the kernel itself
	uint64_t offset; // bytes from the beginning of the symbol
};

// The symbol that an address of the kernel or of a module lies in. ENOENT.
int tessera_symbol_at(const struct tessera_symbols *symbols, uint64_t address,
		      struct tessera_symbol_name *found);

// Where a module has a section. Same errors.
int tessera_section(const char *module, const char *section, struct tessera_range *range);

#endif
