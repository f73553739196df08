// SPDX-License-Identifier: MIT
#include "tests/emul/model/agent/policy.h"

#include "tests/emul/model/agent/record.h"

#define COMMON_REGIONS 8

static u64 gpa(u32 at)
{
	return gpa_of(game_memory) + at;
}

static s64 change(struct player *p, enum tessera_call number, u64 a, u64 b, u64 c, u64 *value)
{
	p->changes++;
	return call(number, a, b, c, value);
}

static void expect_error(struct player *p, const char *what, s64 error, s64 expected)
{
	if (error != expected)
		mismatch(p, "%s answers %s instead of %s", what, call_error(error),
			 call_error(expected));
}

static void rule_add(struct player *p, struct book *b, enum tessera_action action)
{
	struct tessera_rule r = { .action = action, .tag = p->number };
	u64 number;

	if (b->rules == RULES_OWN)
		return;
	expect_error(p, "rule_create",
		     change(p, TESSERA_CALL_RULE_CREATE, gpa_of(&r), 0, 0, &number), TESSERA_OK);
	record_rule_begin(p, (u32)number);
	b->rule[b->rules++] = (struct rule){ .number = (u32)number, .action = action };
}

static u32 regions_of(const struct book *b, u32 rule)
{
	u32 n = 0;

	for (u32 i = 0; i < b->regions; i++)
		n += b->region[i].rule == rule;
	return n;
}

static void rule_remove(struct player *p, struct book *b, u32 i)
{
	u32 number = b->rule[i].number;
	u32 regions = regions_of(b, number);

	expect_error(p, "rule_delete", change(p, TESSERA_CALL_RULE_DELETE, number, 0, 0, NULL),
		     regions ? TESSERA_IN_USE : TESSERA_OK);
	if (regions)
		return;
	b->rule[i] = b->rule[--b->rules];
}

static bool has_region(const struct book *b, const struct region *r)
{
	for (u32 i = 0; i < b->regions; i++) {
		const struct region *x = &b->region[i];

		if (x->start == r->start && x->length == r->length && x->rule == r->rule)
			return true;
	}
	return false;
}

// The built-in rule is everybody's, so that the same region may stand in the common book.
static bool stands(const struct book *b, const struct region *r)
{
	return has_region(b, r) || has_region(&common, r);
}

static enum tessera_action action_of(const struct book *b, u32 rule)
{
	for (u32 i = 0; i < b->rules; i++)
		if (b->rule[i].number == rule)
			return b->rule[i].action;
	return TESSERA_ACTION_DENY;
}

static void region_add(struct player *p, struct book *b, struct region r)
{
	s64 expected = stands(b, &r) ? TESSERA_EXISTS : TESSERA_OK;

	expect_error(p, "protect",
		     change(p, TESSERA_CALL_PROTECT, r.rule, gpa(r.start), r.length, NULL),
		     expected);
	if (expected)
		return;
	b->region[b->regions++] = r;
	model_cover(action_of(b, r.rule), &r, true);
}

static void region_remove(struct player *p, struct book *b, u32 i)
{
	struct region r = b->region[i];

	expect_error(p, "unprotect",
		     change(p, TESSERA_CALL_UNPROTECT, r.rule, gpa(r.start), r.length, NULL),
		     TESSERA_OK);
	b->region[i] = b->region[--b->regions];
	model_cover(action_of(b, r.rule), &r, false);
}

// A region that is not there: one byte longer than one that is.
static void region_remove_wrong(struct player *p, const struct book *b)
{
	struct region r = b->region[below(p, b->regions)];

	r.length++;
	if (!stands(b, &r))
		expect_error(p, "unprotect of what is not there",
			     change(p, TESSERA_CALL_UNPROTECT, r.rule, gpa(r.start), r.length,
				    NULL),
			     TESSERA_NOT_FOUND);
}

static u32 random_length(struct player *p)
{
	switch (below(p, 8)) {
	case 0:
		return TILE * (1 + below(p, 4));
	case 1:
		return 1;
	case 2:
	case 3:
		return 1 + below(p, 2 * TILE);
	default:
		return 1 + below(p, 24);
	}
}

// Anywhere, if there is nobody else.
static struct region anywhere(struct player *p)
{
	struct region r = { .length = random_length(p) };

	if (below(p, 24) == 0) {
		r.length = (u32)PAGE_SIZE * (1 + below(p, 3));
		r.start = below(p, GAME_PAGES - 4) * (u32)PAGE_SIZE;
	} else {
		r.start = below(p, COUNTER_PAGE * PAGE_SIZE - r.length);
		if (r.length % TILE == 0)
			r.start = (u32)ALIGN_DOWN(r.start, TILE);
	}
	return r;
}

// Within a slice, which must not go round the end of a page.
static struct region within_a_slice(struct player *p)
{
	u32 start = model_slice(p, chance(p));
	u32 room = start + SLICE > PAGE_SIZE ? (u32)PAGE_SIZE - start : SLICE;
	struct region r = { .length = random_length(p) };

	r.length = MIN(r.length, room);
	r.start = below(p, COUNTER_PAGE) * (u32)PAGE_SIZE + start + below(p, room - r.length + 1);
	return r;
}

static void random_region(struct player *p, struct book *b)
{
	struct region r = cpu_count == 1 || b == &common ? anywhere(p) : within_a_slice(p);
	u32 i = below(p, b->rules + 1);

	r.rule = i < b->rules ? b->rule[i].number : TESSERA_RULE_DENY;
	region_add(p, b, r);
}

// One page's map, or those of two. Tiles belong to more than one CPU, so that with several
// it is a matter for the beginning of a round.
static void random_maps(struct player *p)
{
	u32 page = below(p, COUNTER_PAGE - 1), maps[2];

	for (u32 i = 0; i < 2; i++)
		maps[i] = below(p, 2) ? ~0U : (u32)(chance(p) | chance(p) | chance(p));
	expect_error(p, "access_set",
		     change(p, TESSERA_CALL_ACCESS_SET, gpa(page * (u32)PAGE_SIZE), 2, gpa_of(maps),
			    NULL),
		     TESSERA_OK);
	for (u32 i = 0; i < 2; i++)
		model_set_map(page + i, maps[i]);
}

static void ask_map(struct player *p)
{
	u32 page = below(p, COUNTER_PAGE), map = 0;

	expect_error(p, "access_get",
		     change(p, TESSERA_CALL_ACCESS_GET, gpa(page * (u32)PAGE_SIZE), 1, gpa_of(&map),
			    NULL),
		     TESSERA_OK);
	expect(p, "an access map", map, model_get_map(page));
}

static void change_alone(struct player *p)
{
	switch (below(p, 4)) {
	case 0:
		ask_map(p);
		break;
	case 1:
		if (p->book.rules)
			record_rule_check(p, p->book.rule[below(p, p->book.rules)].number);
		break;
	default:
		random_maps(p);
	}
}

void policy_change(struct player *p)
{
	struct book *b = &p->book;
	u32 what = below(p, 16);

	p->doing = "a change of the rules";
	if (what == 0 && cpu_count == 1)
		change_alone(p);
	else if (what == 1)
		rule_add(p, b, TESSERA_ACTION_AUDIT + below(p, 3));
	else if (what == 2 && b->rules)
		rule_remove(p, b, below(p, b->rules));
	else if (what == 3 && b->regions)
		region_remove_wrong(p, b);
	else if (b->regions < 4 + below(p, REGIONS_OWN - 3))
		random_region(p, b);
	else
		region_remove(p, b, below(p, b->regions));
}

void policy_protect(struct player *p, struct book *b, enum tessera_action action, u32 start,
		    u32 length)
{
	struct region r = { .start = start, .length = length, .rule = TESSERA_RULE_DENY };

	for (u32 i = 0; i < b->rules; i++)
		if (b->rule[i].action == action)
			r.rule = b->rule[i].number;
	region_add(p, b, r);
}

void policy_begin(struct player *p)
{
	record_rule_begin(p, TESSERA_RULE_DENY);
	record_rule_begin(p, TESSERA_RULE_ACCESS);
	rule_add(p, &common, TESSERA_ACTION_AUDIT);
	rule_add(p, &common, TESSERA_ACTION_DISCARD);
	for (u32 i = 0; i < COMMON_REGIONS; i++)
		random_region(p, &common);
	for (u32 i = 0; i < GAME_PAGES / 16; i++)
		random_maps(p);
}

void policy_clear(struct player *p, struct book *b)
{
	while (b->regions)
		region_remove(p, b, b->regions - 1);
	while (b->rules) {
		record_rule_check(p, b->rule[b->rules - 1].number);
		rule_remove(p, b, b->rules - 1);
	}
}

void policy_end(struct player *p)
{
	static u32 open[GAME_PAGES];

	for (u32 i = 0; i < GAME_PAGES; i++) {
		open[i] = ~0U;
		model_set_map(i, ~0U);
	}
	expect_error(p, "access_set",
		     change(p, TESSERA_CALL_ACCESS_SET, gpa(0), GAME_PAGES, gpa_of(open), NULL),
		     TESSERA_OK);
	policy_clear(p, &common);
	record_rule_check(p, TESSERA_RULE_DENY);
	record_rule_check(p, TESSERA_RULE_ACCESS);
}
