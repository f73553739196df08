// SPDX-License-Identifier: MIT
#include "hv/lib/string.h"
#include "spp/rule.h"

#define NAME_CHARS (TESSERA_NAME_SIZE - 1)

// The slot of a rule, which may be free; NULL if its page was never allocated.
static struct rule *rule_slot(const struct rule_table *t, u32 number)
{
	struct rule *page = t->page[number / RULES_PER_PAGE];

	return page ? &page[number % RULES_PER_PAGE] : NULL;
}

struct rule *rule_get(const struct rule_table *t, u32 number)
{
	struct rule *r = number < RULES_MAX ? rule_slot(t, number) : NULL;

	return r && r->action != TESSERA_ACTION_ALLOW ? r : NULL;
}

s32 rule_next(const struct rule_table *t, u32 from)
{
	for (; from < RULES_MAX; from++)
		if (rule_get(t, from))
			return from;
	return -1;
}

s32 rule_find(const struct rule_table *t, const char *name)
{
	for (s32 n = rule_next(t, 0); n >= 0 && name[0]; n = rule_next(t, n + 1)) {
		const struct rule *r = rule_get(t, n);

		if (r && !strncmp(r->name, name, NAME_CHARS))
			return n;
	}
	return TESSERA_NOT_FOUND;
}

// Names come from the guest and are printed on the operator's terminal: only printable ASCII, so
// that they cannot control it.
static bool copy_name(char *to, const char *from)
{
	for (u32 i = 0; from && i < NAME_CHARS && from[i]; i++) {
		if (from[i] < ' ' || from[i] > '~')
			return false;
		to[i] = from[i];
	}
	return true;
}

// A free number from t->next on, around the table, with memory behind it.
static s32 free_number(struct rule_table *t)
{
	for (u32 i = 0; i < RULES_MAX; i++) {
		u32 number = (t->next + i) % RULES_MAX;
		struct rule **page = &t->page[number / RULES_PER_PAGE];

		if (rule_get(t, number))
			continue;
		if (!*page)
			*page = pool_alloc(t->pool);
		return *page ? (s32)number : TESSERA_NO_MEMORY;
	}
	return TESSERA_LIMIT;
}

static s32 create_rule(struct rule_table *t, u32 action, const char *name, u32 tag, u32 flags)
{
	struct rule new = { .action = action, .flags = flags, .tag = tag };

	if (!copy_name(new.name, name))
		return TESSERA_BAD_ARGUMENT;
	if (new.name[0] && rule_find(t, new.name) >= 0)
		return TESSERA_EXISTS;
	s32 number = free_number(t);
	if (number < 0)
		return number;
	*rule_slot(t, number) = new;
	t->next = number + 1;
	t->count++;
	return number;
}

s32 rule_create(struct rule_table *t, u32 action, const char *name, u32 tag, u32 flags)
{
	if (action == TESSERA_ACTION_ALLOW || action >= TESSERA_ACTION_COUNT ||
	    (flags & ~TESSERA_RULE_SEALED))
		return TESSERA_BAD_ARGUMENT;
	return create_rule(t, action, name, tag, flags);
}

static int rule_set_sealed(struct rule_table *t, s64 number, bool on)
{
	u32 first = number < 0 ? 0 : number;
	u32 last = number < 0 ? RULES_MAX - 1 : number;

	if (number < -1 || number >= RULES_MAX || (number >= 0 && !rule_get(t, number)))
		return TESSERA_NOT_FOUND;
	for (s32 n = rule_next(t, first); n >= 0 && (u32)n <= last; n = rule_next(t, n + 1)) {
		u32 *flags = &rule_slot(t, n)->flags;

		*flags = on ? *flags | TESSERA_RULE_SEALED : *flags & ~TESSERA_RULE_SEALED;
	}
	return TESSERA_OK;
}

int rule_seal(struct rule_table *t, s64 number)
{
	return rule_set_sealed(t, number, true);
}

int rule_unseal(struct rule_table *t, s64 number)
{
	return rule_set_sealed(t, number, false);
}

int rule_delete(struct rule_table *t, u32 number)
{
	struct rule *r = rule_get(t, number);

	if (!r)
		return TESSERA_NOT_FOUND;
	if (r->flags & TESSERA_RULE_BUILTIN)
		return TESSERA_BAD_ARGUMENT;
	if (r->flags & TESSERA_RULE_SEALED)
		return TESSERA_SEALED;
	if (r->regions)
		return TESSERA_IN_USE;
	// Keep the page: another CPU may still count a write with this rule.
	r->action = TESSERA_ACTION_ALLOW;
	t->count--;
	return TESSERA_OK;
}

int rule_table_init(struct rule_table *t, struct pool *pool)
{
	memset(t, 0, sizeof(*t));
	t->pool = pool;
	if (create_rule(t, TESSERA_ACTION_DENY, "deny", 0, TESSERA_RULE_BUILTIN) ==
		    TESSERA_RULE_DENY &&
	    create_rule(t, TESSERA_ACTION_DENY, "access", 0, TESSERA_RULE_BUILTIN) ==
		    TESSERA_RULE_ACCESS)
		return TESSERA_OK;
	rule_table_destroy(t);
	return TESSERA_NO_MEMORY;
}

void rule_table_destroy(struct rule_table *t)
{
	for (u32 i = 0; i < ARRAY_SIZE(t->page); i++)
		if (t->page[i])
			pool_free(t->pool, t->page[i]);
	memset(t, 0, sizeof(*t));
}
