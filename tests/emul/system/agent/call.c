// SPDX-License-Identifier: MIT
#include "hv/lib/format.h"
#include "tests/emul/system/agent/agent.h"

#define REGIONS_MAX 8192

static struct {
	u32 rule;
	u64 start, length;
} undo[REGIONS_MAX];
static u32 undo_count;
static u32 undo_lock; // scenarios protect from several CPUs
static bool maps_used;

static const char *const error_names[] = {
#define ERROR_NAME(name, number, text) [-(number)] = #name,
	TESSERA_ERRORS(ERROR_NAME)
};

const char *call_error(s64 error)
{
	return error <= 0 && error > -(s64)ARRAY_SIZE(error_names) ? error_names[-error] : "?";
}

u64 call_key;

s64 call(enum tessera_call number, u64 a, u64 b, u64 c, u64 *value)
{
	struct tessera_result r = tessera_call(number, a, b, c, 0, call_key);

	if (value)
		*value = r.value;
	return r.error;
}

u64 query(enum tessera_query what)
{
	u64 value;
	s64 error = call(TESSERA_CALL_QUERY, what, 0, 0, &value);

	CHECK(!error, "query %u answers %s", what, call_error(error));
	return value;
}

void statistics(struct tessera_statistics *s)
{
	u64 written;
	s64 error = call(TESSERA_CALL_STATISTICS, gpa_of(s), sizeof(*s), 0, &written);

	CHECK(!error, "statistics answers %s", call_error(error));
	same("bytes written", written, sizeof(*s));
}

static void lock(void)
{
	while (__atomic_exchange_n(&undo_lock, 1, __ATOMIC_ACQUIRE))
		__builtin_ia32_pause();
}

static void unlock(void)
{
	__atomic_store_n(&undo_lock, 0, __ATOMIC_RELEASE);
}

static void remember(u32 rule, u64 start, u64 length)
{
	bool fits;

	lock();
	fits = undo_count < REGIONS_MAX;
	if (fits) {
		undo[undo_count].rule = rule;
		undo[undo_count].start = start;
		undo[undo_count++].length = length;
	}
	unlock();
	CHECK(fits, "the scenario has too many regions for the agent");
}

// False where the scenario never protected that.
static bool forget(u32 rule, u64 start, u64 length)
{
	bool found = false;

	lock();
	for (u32 i = undo_count; i-- && !found;) {
		found = undo[i].rule == rule && undo[i].start == start && undo[i].length == length;
		if (found)
			undo[i] = undo[--undo_count];
	}
	unlock();
	return found;
}

static u32 create(enum tessera_action action)
{
	struct tessera_rule r = { .action = action };
	u64 number;
	s64 error;

	format(r.name, sizeof(r.name), "agent-%u", action);
	error = call(TESSERA_CALL_RULE_CREATE, gpa_of(&r), 0, 0, &number);
	CHECK(!error, "rule_create answers %s", call_error(error));
	return (u32)number;
}

u32 rule_for(enum tessera_action action)
{
	static u32 rules[TESSERA_ACTION_COUNT];

	if (action == TESSERA_ACTION_DENY)
		return TESSERA_RULE_DENY;
	if (!rules[action])
		rules[action] = create(action);
	return rules[action];
}

void rule_get(u32 number, struct tessera_rule *rule)
{
	s64 error = call(TESSERA_CALL_RULE_GET, number, gpa_of(rule), 0, NULL);

	CHECK(!error, "rule_get answers %s", call_error(error));
}

void protect(enum tessera_action action, const void *start, u64 length)
{
	u32 rule = rule_for(action);
	s64 error = call(TESSERA_CALL_PROTECT, rule, gpa_of(start), length, NULL);

	CHECK(!error, "protect %u 0x%lx+0x%lx answers %s", rule, gpa_of(start), length,
	      call_error(error));
	remember(rule, gpa_of(start), length);
}

void unprotect(enum tessera_action action, const void *start, u64 length)
{
	u32 rule = rule_for(action);
	s64 error;

	CHECK(forget(rule, gpa_of(start), length), "this was not protected by the scenario");
	error = call(TESSERA_CALL_UNPROTECT, rule, gpa_of(start), length, NULL);
	CHECK(!error, "unprotect %u 0x%lx+0x%lx answers %s", rule, gpa_of(start), length,
	      call_error(error));
}

void access_set(const void *first, u32 pages, const u32 *maps)
{
	u64 done;
	s64 error = call(TESSERA_CALL_ACCESS_SET, gpa_of(first), pages, gpa_of(maps), &done);

	maps_used = true;
	CHECK(!error, "access_set answers %s", call_error(error));
	same("pages set", done, pages);
}

void access_set_one(const void *first, u32 map)
{
	access_set(first, 1, &map);
}

u32 access_get_one(const void *first)
{
	u32 map = 0x5a5a5a5a;
	u64 done;
	s64 error = call(TESSERA_CALL_ACCESS_GET, gpa_of(first), 1, gpa_of(&map), &done);

	CHECK(!error, "access_get answers %s", call_error(error));
	same("pages read", done, 1);
	return map;
}

static bool open_maps(void)
{
	static u32 open[TESSERA_ACCESS_MAX];
	bool ok = true;

	for (u32 i = 0; i < TESSERA_ACCESS_MAX; i++)
		open[i] = ~0U;
	for (u64 at = 0; at < ARENA_SIZE; at += TESSERA_ACCESS_MAX * PAGE_SIZE)
		ok &= !call(TESSERA_CALL_ACCESS_SET, gpa_of(arena + at), TESSERA_ACCESS_MAX,
			    gpa_of(open), NULL);
	return ok;
}

// What the scenario protected without saying so. Sealed regions stay.
static void open_regions(void)
{
	struct tessera_region r;

	for (u64 index = 0; !call(TESSERA_CALL_REGION_GET, index, gpa_of(&r), 0, NULL);)
		index += !!call(TESSERA_CALL_UNPROTECT, r.rule, r.gpa, r.length, NULL);
}

bool call_clean_up(void)
{
	bool ok = true;

	undo_lock = 0; // a CPU that failed may have held it
	while (undo_count--)
		ok &= !call(TESSERA_CALL_UNPROTECT, undo[undo_count].rule, undo[undo_count].start,
			    undo[undo_count].length, NULL);
	undo_count = 0;
	open_regions();
	if (maps_used)
		ok &= open_maps();
	maps_used = false;
	if (call_key)
		call(TESSERA_CALL_RELEASE, 0, 0, 0, NULL);
	call_key = 0;
	return ok;
}
