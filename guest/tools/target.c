// SPDX-License-Identifier: MIT
#include "tools/target.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "tools/kernel_symbols.h"

#define DEFAULT_SECTION ".rodata" // the part of a module that nothing has to write
#define CANDIDATE_SIZE  160       // of the text about one of several symbols

static bool is_given(const struct options *o, enum option option)
{
	return o->of[option].given;
}

// Options that need another option.
// clang-format off
static const struct {
	enum option option, needs;
	const char *error;
} pairs[] = {
	{ OPTION_section, OPTION_module, "a section needs its module (module)" },
	{ OPTION_which,   OPTION_symbol, "which needs the name of a symbol (symbol)" },
	{ OPTION_phys,    OPTION_len,    "a physical address needs a length (len)" },
	{ OPTION_addr,    OPTION_pid,    "an address in a process needs the process (pid)" },
	{ OPTION_pid,     OPTION_addr,   "a process needs an address in it (addr)" },
	{ OPTION_addr,    OPTION_len,    "an address in a process needs a length (len)" },
};
// clang-format on

const char *target_error(const struct options *o)
{
	int targets = is_given(o, OPTION_symbol) + is_given(o, OPTION_phys) +
		      (is_given(o, OPTION_pid) || is_given(o, OPTION_addr));

	if (is_given(o, OPTION_module) && !is_given(o, OPTION_symbol))
		targets++;
	if (is_given(o, OPTION_section) && is_given(o, OPTION_symbol))
		return "give a symbol or a section, not both";
	if (targets != 1)
		return "name exactly one target: a symbol, a module, a physical address or a "
		       "process";
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		if (is_given(o, pairs[i].option) && !is_given(o, pairs[i].needs))
			return pairs[i].error;
	if (is_given(o, OPTION_len) && !o->of[OPTION_len].number)
		return "the length is 0: give at least 1 byte";
	if (is_given(o, OPTION_which) && !o->of[OPTION_which].number)
		return "which counts from 1";
	if (is_given(o, OPTION_pid) && o->of[OPTION_pid].number > INT32_MAX)
		return "the pid is too large for a process: see `ps`";
	return NULL;
}

// A name to look up.
struct wanted {
	const char *kind, *name, *module;
	uint64_t which;
};

// Describes the candidate number `which` of several symbols with one name. False after the last.
static bool describe_candidate(const struct wanted *w, uint64_t which, char text[CANDIDATE_SIZE])
{
	const struct tessera_symbols *symbols = kernel_symbols();
	struct tessera_symbol_name next;
	struct tessera_range range;

	if (!symbols || tessera_symbol(symbols, w->name, w->module, which, &range))
		return false;
	if (range.length && tessera_symbol_at(symbols, range.start + range.length, &next) == 0)
		snprintf(text, CANDIDATE_SIZE,
			 "%s %" PRIu64 " is 0x%" PRIx64 ", %" PRIu64 " bytes before %.64s",
			 which == 1 ? ":" : ";", which, range.start, range.length, next.name);
	else
		snprintf(text, CANDIDATE_SIZE, "%s %" PRIu64 " is 0x%" PRIx64,
			 which == 1 ? ":" : ";", which, range.start);
	return true;
}

static void list_candidates(const struct wanted *w, char *why)
{
	char text[CANDIDATE_SIZE];
	size_t length;
	uint64_t which = 1;

	length = (size_t)snprintf(why, WHY_SIZE,
				  "several symbols are called %.64s; choose one with which N",
				  w->name);
	while (length + 2 * CANDIDATE_SIZE < WHY_SIZE && describe_candidate(w, which, text)) {
		length += (size_t)snprintf(why + length, WHY_SIZE - length, "%s", text);
		which++;
	}
	if (describe_candidate(w, which, text))
		snprintf(why + length, WHY_SIZE - length, "; more follow, see /proc/kallsyms");
}

static void explain_not_found(const struct wanted *w, char *why)
{
	if (errno == ENOTUNIQ)
		list_candidates(w, why);
	else if (errno == EPERM)
		snprintf(why, WHY_SIZE,
			 "the kernel hides its addresses: be root, and set kernel.kptr_restrict to "
			 "0 or 1");
	else if (errno == ENOENT && w->which)
		snprintf(why, WHY_SIZE,
			 "there are fewer than %" PRIu64 " symbols called %s: give a lower which",
			 w->which, w->name);
	else if (errno == ENOENT && w->module)
		snprintf(why, WHY_SIZE, "there is no %s %s in the module %s: is the module loaded?",
			 w->kind, w->name, w->module);
	else if (errno == ENOENT)
		snprintf(why, WHY_SIZE, "the kernel has no %s %s: see /proc/kallsyms", w->kind,
			 w->name);
	else
		snprintf(why, WHY_SIZE, "%s: %s", w->name, tessera_explain(errno));
}

static int find_symbol(const struct wanted *w, struct tessera_range *range)
{
	const struct tessera_symbols *symbols = kernel_symbols();

	return symbols ? tessera_symbol(symbols, w->name, w->module, w->which, range) : -1;
}

static bool find_by_name(const struct options *o, struct tessera_guard *guard, char *why)
{
	const char *symbol = o->of[OPTION_symbol].text, *module = o->of[OPTION_module].text;
	const char *section =
		is_given(o, OPTION_section) ? o->of[OPTION_section].text : DEFAULT_SECTION;
	struct wanted w = { symbol ? "symbol" : "section", symbol ? symbol : section, module,
			    o->of[OPTION_which].number };
	struct tessera_range range;

	if (symbol ? find_symbol(&w, &range) : tessera_section(module, section, &range)) {
		explain_not_found(&w, why);
		return false;
	}
	guard->space = TESSERA_SPACE_KERNEL;
	guard->start = range.start;
	guard->length = is_given(o, OPTION_len) ? o->of[OPTION_len].number : range.length;
	if (guard->length)
		return true;
	snprintf(why, WHY_SIZE, "the end of %s is unknown: give its length (len)", w.name);
	return false;
}

bool target_find(const struct options *o, struct tessera_guard *guard, char why[WHY_SIZE])
{
	*guard = (struct tessera_guard){ .length = o->of[OPTION_len].number };
	if (is_given(o, OPTION_phys)) {
		guard->space = TESSERA_SPACE_PHYSICAL;
		guard->start = o->of[OPTION_phys].number;
		return true;
	}
	if (is_given(o, OPTION_pid)) {
		guard->space = TESSERA_SPACE_PROCESS;
		guard->pid = (uint32_t)o->of[OPTION_pid].number;
		guard->start = o->of[OPTION_addr].number;
		return true;
	}
	return find_by_name(o, guard, why);
}
