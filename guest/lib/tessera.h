// SPDX-License-Identifier: MIT
// libtessera: the services of the driver (tessera/device.h) for programs. Functions return 0, or -1
// with errno set, unless their comment says otherwise. tessera_explain() explains errno. `fd` is
// what tessera_open() returned. The functions may be called from any thread.
#ifndef TESSERA_LIB_H
#define TESSERA_LIB_H

#include "tessera/device.h"

// Opens the device. Returns a descriptor, or -1: ENOENT if the driver is not loaded, EACCES or
// EPERM for a program that is not root. Closing it ends the guards that were made through it
// without TESSERA_GUARD_KEEP.
int tessera_open(void);
void tessera_close(int fd);

// Returns a sentence that says what errno means here and what to do.
const char *tessera_explain(int error);

// Reads the state of hypervisor and driver.
int tessera_get_info(int fd, struct tessera_info *info);

// Reads one number of the hypervisor; `what` is an enum tessera_query.
int tessera_query_number(int fd, uint32_t what, uint64_t *value);

// Reads all counters of the hypervisor. EACCES in lockdown and without the key.
int tessera_get_statistics(int fd, struct tessera_statistics *statistics);

// Reads lines of a log (enum tessera_log) from a sequence number on; the first line has number 1.
// `lines` has room for TESSERA_LOG_MAX lines. Returns the number of lines read.
int tessera_read_log(int fd, uint32_t log, uint64_t sequence, struct tessera_log_line *lines);

// Protects memory and sets guard->number.
int tessera_guard(int fd, struct tessera_guard *guard);

// Removes a guard. EPERM if its rule is sealed.
int tessera_unguard(int fd, uint32_t number);

// Reads the guard with the lowest number that is not below guard->number. ENOENT after the last.
int tessera_next_guard(int fd, struct tessera_guard *guard);

// Reads the region with this index, in the order of addresses. ENOENT after the last.
int tessera_get_region(int fd, uint64_t index, struct tessera_region *region);

// Reads a rule. Returns the number of the next rule, or 0 if this is the last one.
int tessera_get_rule(int fd, uint32_t number, struct tessera_rule *rule);

// Creates a rule and sets rule->number. EEXIST if another rule has the same name.
int tessera_create_rule(int fd, struct tessera_rule *rule);

// Deletes a rule. EBUSY if it still has regions.
int tessera_delete_rule(int fd, uint32_t number);

// Reads the rule with this name. ENOENT.
int tessera_find_rule(int fd, const char *name, struct tessera_rule *rule);

// Seals a rule, or with TESSERA_WHOLE_POLICY all rules: until the machine is reset it cannot be
// loosened.
#define TESSERA_WHOLE_POLICY UINT32_MAX
int tessera_seal(int fd, uint32_t rule);

// Refuses every further change of the policy until the machine is reset.
int tessera_lockdown(int fd);

// Makes the driver the key holder, so that no other agent can change the policy. The driver does
// this itself when it is loaded, unless it has the parameter claim=0. EEXIST if the driver is the
// key holder already, EACCES if another agent is.
int tessera_claim(int fd);

// Gives the key back: every agent can change the policy then.
int tessera_release(int fd);

// Moves the read position back to the oldest event that is still in the ring.
int tessera_rewind_events(int fd);

// Reads at most `count` events. Waits up to `milliseconds` for the first one, for ever if that is
// negative. Returns the number of events read, 0 if none came.
int tessera_read_events(int fd, struct tessera_event *events, unsigned int count, int milliseconds);

// Reads the position in the stream and the numbers of missed and dropped events.
int tessera_get_events(int fd, struct tessera_events *state);

// Names of enum tessera_action, enum tessera_engine and levels of the log; "?" for other numbers.
const char *tessera_action_name(uint32_t action);
const char *tessera_engine_name(uint32_t engine);
const char *tessera_level_name(uint32_t level);

// Reads the name of an action that a rule can have. EINVAL for any other text.
int tessera_action_read(const char *text, uint32_t *action);

struct tessera_range {
	uint64_t start;
	uint64_t length; // 0 if the end is unknown
};

// Reads the kernel's current list of symbols (/proc/kallsyms). NULL with errno set. Several threads
// may use it at once.
struct tessera_symbols *tessera_symbols_read(void);
void tessera_symbols_free(struct tessera_symbols *symbols);

// Finds the range of a symbol of the kernel, or with `module` of that module: from its address to
// the next symbol of the same owner. Several symbols can have the same name: `which` chooses one,
// from 1 on in the order of /proc/kallsyms; 0 accepts only a name that stands for one address.
// ENOENT; ENOTUNIQ for several symbols when `which` is 0; EPERM if the kernel hides its addresses.
int tessera_symbol(const struct tessera_symbols *symbols, const char *name, const char *module,
		   uint64_t which, struct tessera_range *range);

struct tessera_symbol_name {
	char name[256];
	char module[64]; // "" for the kernel itself
	uint64_t offset; // bytes from the beginning of the symbol
};

// Finds the symbol that an address of the kernel or of a module lies in. ENOENT.
int tessera_symbol_at(const struct tessera_symbols *symbols, uint64_t address,
		      struct tessera_symbol_name *found);

// Finds the range of a module's section. ENOENT; EPERM if the kernel hides its addresses.
int tessera_section(const char *module, const char *section, struct tessera_range *range);

#endif
