// SPDX-License-Identifier: MIT
// Callers that mean harm: all CPUs call at once with numbers from everywhere and buffers that
// overlap, lie in protected or hidden memory, wrap around, or change while they are read. Whatever
// comes of a call, it is one of the errors, and the hypervisor is as whole as before.
//
// Numbers are chosen so that no call can protect what the agent itself needs: a range that begins
// in the playground is short or impossible, one that begins anywhere else is impossible or empty of
// memory. Nothing is sealed, for that would last.
#include "tests/emul/system/agent/nonsense.h"

#include "hv/lib/string.h"
#include "tests/emul/system/agent/agent.h"
#include "tests/emul/system/agent/plain.h"
#include "tests/emul/system/agent/scenarios.h"

#define PLAYGROUND 300 // pages of the arena
#define PLAY_PAGES 64
#define MARGIN     4   // pages behind it that short ranges may reach
#define SHARED     380 // buffers that all CPUs write and use
#define DEVICES    0xfec00000
#define EMPTY      (SIZE_1G * 8)
#define ROUNDS     2500
#define RULES      24
#define ENOUGH     6 // different answers

struct shared {
	struct tessera_operation operation[TESSERA_BATCH_MAX];
	struct tessera_rule rule;
	u32 maps[TESSERA_ACCESS_MAX];
};

static u64 rules[RULES]; // made by the calls
static volatile u64 key;
static u64 block, block_size; // the hidden one
static struct tessera_statistics before;

static volatile struct shared *shared(void)
{
	return (volatile struct shared *)page(SHARED);
}

static u64 below(u64 limit)
{
	return random64() % limit;
}

#define ONE_OF(...)                                          \
	({                                                   \
		const u64 choice[] = { __VA_ARGS__ };        \
		choice[below(sizeof(choice) / sizeof(u64))]; \
	})

static u64 play(void)
{
	u64 offset = below(PLAY_PAGES * PAGE_SIZE);

	return gpa_of(page(PLAYGROUND)) + (offset % 2 ? offset : offset / 2 % 2 * 64);
}

static u64 hidden(void)
{
	return block + below(block_size);
}

static u64 address(void)
{
	return ONE_OF(play(), play(), play(), play(), play(), hidden(), EMPTY + below(EMPTY),
		      BIT(52) + below(SIZE_2M), BIT(47), ~below(64), 1ULL << 63);
}

static u64 length(void)
{
	return ONE_OF(0, 1, 8, 8, 8, below(300), below(300), 128, PAGE_SIZE,
		      below(MARGIN * PAGE_SIZE), BIT(52), ~below(64), 1ULL << 63);
}

static u64 rule(void)
{
	return ONE_OF(0, 0, 0, TESSERA_RULE_ACCESS, rules[below(RULES)], rules[below(RULES)], 254,
		      256, BIT(32), ~0ULL);
}

// Where a call may write its answer, or may be refused.
static u64 buffer(void)
{
	u64 align = ONE_OF(1, 4, 8, PAGE_SIZE);

	return ALIGN_DOWN(ONE_OF(play(), play(), gpa_of((void *)shared()), hidden(), DEVICES,
				 BIT(52), ~below(64)),
			  align);
}

static u64 any(void)
{
	return ONE_OF(0, 1, below(1000), random64(), ~below(1000), BIT(below(64)));
}

static u64 pages(void)
{
	return ONE_OF(0, 1, 1, 2, below(MARGIN), TESSERA_ACCESS_MAX + 1, any() | BIT(20));
}

static u64 play_page(void)
{
	return ALIGN_DOWN(ONE_OF(play(), play(), play(), hidden(), BIT(52)), PAGE_SIZE) +
	       (below(16) ? 0 : 8);
}

// While others may be reading them.
static void scribble(void)
{
	volatile struct shared *s = shared();

	for (u32 i = 0; i < 8; i++) {
		volatile struct tessera_operation *o = &s->operation[below(TESSERA_BATCH_MAX)];

		o->call = (u32)ONE_OF(TESSERA_CALL_PROTECT, TESSERA_CALL_UNPROTECT,
				      TESSERA_CALL_PROTECT_GVA, TESSERA_CALL_UNPROTECT_GVA,
				      below(64) ? TESSERA_CALL_PROTECT : any());
		o->rule = (u32)rule();
		o->address = address();
		o->length = length();
		o->reserved = below(200) == 0;
		s->maps[below(TESSERA_ACCESS_MAX)] = (u32)random64();
	}
	s->rule.action = (u32)ONE_OF(0, 1, 2, 3, 3, 5, ~0ULL);               // never freeze
	s->rule.flags = (u32)ONE_OF(0, 0, 0, TESSERA_RULE_BUILTIN, BIT(31)); // never sealed
	s->rule.name[below(TESSERA_NAME_SIZE)] = (char)random64();
}

struct nonsense {
	enum tessera_call call;
	u64 (*argument[4])(void);
};

static u64 operations(void)
{
	return ONE_OF(1, 2, 3, 1 + below(20), TESSERA_BATCH_MAX, TESSERA_BATCH_MAX + 1, any());
}

static u64 array(void)
{
	return ONE_OF(gpa_of((void *)shared()), gpa_of((void *)shared()),
		      gpa_of((void *)shared()) + 32 * below(64), hidden(), DEVICES, ~below(64));
}

static u64 rule_struct(void)
{
	return ONE_OF(gpa_of((void *)&shared()->rule), gpa_of((void *)&shared()->rule), block - 8,
		      hidden());
}

static u64 maps(void)
{
	return ONE_OF(gpa_of((void *)shared()->maps), buffer());
}

static u64 no_rule(void)
{
	return ONE_OF(256, BIT(32), ~1ULL, 1ULL << 63);
}

static u64 small(void)
{
	return below(8);
}

static u64 lines(void)
{
	return ONE_OF(1, TESSERA_LOG_MAX, below(20), any());
}

static u64 no_vector(void)
{
	return ONE_OF(0, 0, 1, 31, 256, any() | BIT(9));
}

// clang-format off
static const struct nonsense kinds[] = {
	{ TESSERA_CALL_QUERY,         { any, any, any, any } },
	{ TESSERA_CALL_PROTECT,       { rule, address, length, any } },
	{ TESSERA_CALL_PROTECT,       { rule, address, length, any } },
	{ TESSERA_CALL_UNPROTECT,     { rule, address, length, any } },
	{ TESSERA_CALL_ACCESS_GET,    { play_page, pages, maps, any } },
	{ TESSERA_CALL_ACCESS_SET,    { play_page, pages, maps, any } },
	{ TESSERA_CALL_RULE_CREATE,   { rule_struct, any, any, any } },
	{ TESSERA_CALL_RULE_DELETE,   { no_rule, any, any, any } },
	{ TESSERA_CALL_RULE_GET,      { rule, buffer, any, any } },
	{ TESSERA_CALL_REGION_GET,    { small, buffer, any, any } },
	{ TESSERA_CALL_REGION_GET,    { any, buffer, any, any } },
	{ TESSERA_CALL_EVENTS_START,  { play_page, pages, no_vector, any } },
	{ TESSERA_CALL_EVENTS_STOP,   { any, any, any, any } },
	{ TESSERA_CALL_SEAL,          { no_rule, any, any, any } },
	{ TESSERA_CALL_STATISTICS,    { buffer, any, any, any } },
	{ TESSERA_CALL_LOG_READ,      { any, buffer, lines, small } },
	{ TESSERA_CALL_BATCH,         { array, operations, any, any } },
	{ TESSERA_CALL_BATCH,         { array, operations, any, any } },
	{ TESSERA_CALL_BATCH,         { array, operations, any, any } },
	{ TESSERA_CALL_PROTECT_GVA,   { rule, address, length, any } },
	{ TESSERA_CALL_UNPROTECT_GVA, { rule, address, length, any } },
	{ TESSERA_CALL_COUNT,         { any, any, any, any } },
};
// clang-format on

static bool tells_where(enum tessera_call number)
{
	return number >= TESSERA_CALL_BATCH && number <= TESSERA_CALL_UNPROTECT_GVA;
}

static u64 one(void)
{
	const struct nonsense *k = &kinds[below(ARRAY_SIZE(kinds))];
	u64 a[4];

	for (u32 i = 0; i < 4; i++)
		a[i] = k->argument[i]();
	struct tessera_result r = tessera_call(k->call, a[0], a[1], a[2], a[3], key);

	CHECK(*call_error(r.error) != '?', "call %u answers %lu", k->call, (u64)-r.error);
	CHECK(!r.error || !r.value || tells_where(k->call), "call %u: value 0x%lx with %s", k->call,
	      r.value, call_error(r.error));
	if (!r.error && k->call == TESSERA_CALL_RULE_CREATE)
		rules[below(RULES)] = r.value;
	return 1ULL << -r.error;
}

// Now and then the policy is claimed and released, so that calls find it so in their midst.
static void claim_and_release(void)
{
	struct tessera_result r = tessera_call(TESSERA_CALL_CLAIM, 0, 0, 0, 0, 0);

	if (r.error)
		return;
	key = r.value;
	CHECK(tessera_call(TESSERA_CALL_RELEASE, 0, 0, 0, 0, key).error == 0, "release");
}

static void delete_rules(void)
{
	struct tessera_rule r;

	for (u64 n = 0, next = 0; next != ~0ULL; n = next) {
		s64 error = call(TESSERA_CALL_RULE_GET, n, gpa_of(&r), 0, &next);

		CHECK(!error, "rule %lu: %s", n, call_error(error));
		if (n > TESSERA_RULE_ACCESS && memcmp(r.name, "agent-", 6) != 0)
			call(TESSERA_CALL_RULE_DELETE, n, 0, 0, NULL); // unless it is built in
	}
}

static void open_maps(void)
{
	static u32 open[PLAY_PAGES + MARGIN];

	memset(open, 0xff, sizeof(open));
	access_set(page(PLAYGROUND), PLAY_PAGES + MARGIN, open);
}

void nonsense_begin(u64 hidden_block, u64 size)
{
	block = hidden_block;
	block_size = size;
	delete_rules();
	statistics(&before);
	memset((void *)shared(), 0, sizeof(struct shared));
	for (u32 i = 0; i < RULES; i++)
		rules[i] = 253;
	key = 0;
}

u64 nonsense_step(void)
{
	u64 error;

	scribble();
	error = one();
	denied_store((void *)(play() & ~7ULL), random64(), 8);
	if (below(300) == 0)
		claim_and_release();
	return error;
}

void nonsense_end(void)
{
	struct tessera_statistics after;

	call(TESSERA_CALL_EVENTS_STOP, 0, 0, 0, NULL);
	CHECK(call_clean_up(), "clean-up");
	open_maps();
	delete_rules();
	statistics(&after);
	same("regions", after.regions, before.regions);
	same("rules", after.rules, before.rules);
	same("pages with access maps", after.mapped_pages, 0);
	same("exits that went round", after.exit_loops, before.exit_loops);
	protect(TESSERA_ACTION_DENY, page(PLAYGROUND), 8);
	CHECK(denied8(page(PLAYGROUND), 1) && !denied8(page(PLAYGROUND) + 8, 1), "rules");
	unprotect(TESSERA_ACTION_DENY, page(PLAYGROUND), 8);
	same("a hidden word", *(volatile u64 *)block, 0);
}

static u64 errors[CPUS_MAX]; // bit -e: it was answered

static void rave(void *of)
{
	u64 *seen = of;

	for (u32 i = 0; i < ROUNDS / cpu_count; i++)
		*seen |= nonsense_step();
}

void nonsense_from_all_processors(void)
{
	u64 seen = 0;
	u32 kinds_seen = 0;

	memset(errors, 0, sizeof(errors));
	nonsense_begin(argument[0], argument[1]);
	for (u32 i = 1; i < cpu_count; i++)
		cpu_start(i, rave, &errors[i]);
	rave(&errors[0]);
	for (u32 i = 0; i < cpu_count; i++) {
		if (i)
			cpu_join(i);
		seen |= errors[i];
	}
	nonsense_end();
	for (u64 left = seen; left; left &= left - 1)
		kinds_seen++;
	CHECK(kinds_seen >= ENOUGH, "answers 0x%lx: the numbers are too tame", seen);
}
