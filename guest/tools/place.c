// SPDX-License-Identifier: MIT
#include "tools/place.h"

#include <errno.h>
#include <stdio.h>

#define SECTION ".rodata" // what a module must not change of itself

static bool given(const struct options *o, enum option option)
{
	return o->of[option].given;
}

// Options that go together, and those that they need.
// clang-format off
static const struct {
	enum option option, needs;
	const char *fault;
} pairs[] = {
	{ OPTION_section, OPTION_module, "a section needs its module (module)" },
	{ OPTION_phys,    OPTION_len,    "a physical address needs a length (len)" },
	{ OPTION_addr,    OPTION_pid,    "an address in a process needs the process (pid)" },
	{ OPTION_pid,     OPTION_addr,   "a process needs an address in it (addr)" },
	{ OPTION_addr,    OPTION_len,    "an address in a process needs a length (len)" },
};
// clang-format on

const char *place_fault(const struct options *o)
{
	int places = given(o, OPTION_symbol) + given(o, OPTION_phys) +
		     (given(o, OPTION_pid) || given(o, OPTION_addr));

	if (given(o, OPTION_module) && !given(o, OPTION_symbol))
		places++;
	if (given(o, OPTION_section) && given(o, OPTION_symbol))
		return "give a symbol or a section, not both";
	if (places != 1)
		return "name exactly one target: a symbol, a module, a physical address or a "
		       "process";
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		if (given(o, pairs[i].option) && !given(o, pairs[i].needs))
			return pairs[i].fault;
	if (given(o, OPTION_len) && !o->of[OPTION_len].number)
		return "the length is 0: give at least 1 byte";
	if (given(o, OPTION_pid) && o->of[OPTION_pid].number > INT32_MAX)
		return "the pid is too large for a process: see `ps`";
	return NULL;
}

// The parts of a name that was not found.
struct named {
	const char *kind, *name, *module;
};

static bool not_found(const struct named *n, char *why)
{
	if (errno == EPERM)
		snprintf(why, WHY_SIZE,
			 "the kernel hides its addresses: be root, and set kernel.kptr_restrict to "
			 "0 or 1");
	else if (errno == ENOENT && n->module)
		snprintf(why, WHY_SIZE, "there is no %s %s in the module %s: is the module loaded?",
			 n->kind, n->name, n->module);
	else if (errno == ENOENT)
		snprintf(why, WHY_SIZE, "the kernel has no %s %s: see /proc/kallsyms", n->kind,
			 n->name);
	else
		snprintf(why, WHY_SIZE, "%s: %s", n->name, tessera_explain(errno));
	return false;
}

static struct tessera_symbols *symbols; // read when the first one is looked up

static int find_symbol(const char *name, const char *module, struct tessera_range *range)
{
	if (!symbols)
		symbols = tessera_symbols_read();
	return symbols ? tessera_symbol(symbols, name, module, range) : -1;
}

void place_forget(void)
{
	tessera_symbols_free(symbols);
	symbols = NULL;
}

static bool find_named(const struct options *o, struct tessera_guard *guard, char *why)
{
	const char *symbol = o->of[OPTION_symbol].text, *module = o->of[OPTION_module].text;
	const char *section = o->of[OPTION_section].given ? o->of[OPTION_section].text : SECTION;
	struct named n = { symbol ? "symbol" : "section", symbol ? symbol : section, module };
	struct tessera_range range;

	if (symbol ? find_symbol(symbol, module, &range) : tessera_section(module, section, &range))
		return not_found(&n, why);
	guard->space = TESSERA_SPACE_KERNEL;
	guard->start = range.start;
	guard->length = given(o, OPTION_len) ? o->of[OPTION_len].number : range.length;
	if (guard->length)
		return true;
	snprintf(why, WHY_SIZE, "the end of %s is unknown: give its length (len)", n.name);
	return false;
}

bool place_find(const struct options *o, struct tessera_guard *guard, char why[WHY_SIZE])
{
	*guard = (struct tessera_guard){ .length = o->of[OPTION_len].number };
	if (given(o, OPTION_phys)) {
		guard->space = TESSERA_SPACE_PHYSICAL;
		guard->start = o->of[OPTION_phys].number;
		return true;
	}
	if (given(o, OPTION_pid)) {
		guard->space = TESSERA_SPACE_PROCESS;
		guard->pid = (uint32_t)o->of[OPTION_pid].number;
		guard->start = o->of[OPTION_addr].number;
		return true;
	}
	return find_named(o, guard, why);
}
