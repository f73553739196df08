// SPDX-License-Identifier: MIT
// Three CPUs update one tile by atomic instructions and by plain stores, while the fourth
// puts rules on it or beside it and removes them again. No update may be lost, and no store may
// be seen in part: natively, stepped, carried out, and when one way gives place to another (59).
#include "hv/lib/string.h"
#include "tests/emul/system/agent/agent.h"
#include "tests/emul/system/agent/hammer.h"
#include "tests/emul/system/agent/scenarios.h"

#define PAGE        70
#define LOCK_PAGE   71 // no rule is ever put on it
#define UPDATERS    3
#define STORED_HASH 0x9e3779b1U
#define BESIDE      16 // a byte of the tile that nobody writes

void update_loop(void);

// updates.asm knows the offsets.
struct shared {
	u64 sum; // by XADD, INC and CMPXCHG
	u64 unused[2];
	u64 lock;    // its first byte: XCHG takes it, a plain store gives it back
	u64 pair[2]; // by CMPXCHG16B
	u64 stored;  // plain stores of a number and its hash
};

_Static_assert(sizeof(struct shared) <= TILE, "all in one tile");

static struct shared *shared(void)
{
	return (struct shared *)page(PAGE);
}

static volatile u8 stop;
static u64 done[UPDATERS + 1];

static void update(void *of)
{
	struct probe p = probe_of(update_loop);
	u64 number = (u64)of;

	p.gpr[RDI] = (u64)shared();
	p.gpr[RSI] = (u64)&stop;
	p.gpr[R9] = (u64)page(LOCK_PAGE);
	p.gpr[R10] = number << 24;
	p.gpr[R8] = 0;
	probe_run(&p);
	done[number] = p.gpr[R8];
	CHECK(p.vector == NO_FAULT, "vector %u error 0x%x at 0x%lx", p.vector, p.error, p.rip);
}

static u32 rounds(u32 usual)
{
	return argument[2] ? (u32)argument[2] : usual;
}

static void expect_whole(void)
{
	u64 stored = *(volatile u64 *)&shared()->stored;

	CHECK(stored >> 32 == (u32)((u32)stored * STORED_HASH), "0x%lx was never stored", stored);
}

// What one round adds and removes again.
struct variant {
	void (*begin)(void); // before the updates
	void (*close)(void);
	void (*open)(void);
};

static void run_updates(const struct variant *v)
{
	u64 sum = 0, held;

	memset(page(PAGE), 0, PAGE_SIZE);
	memset(page(LOCK_PAGE), 0, PAGE_SIZE);
	stop = 0;
	if (v->begin)
		v->begin();
	for (u64 i = 1; i <= UPDATERS; i++)
		cpu_start((u32)i, update, (void *)i);
	for (u32 i = rounds(150); i--;) {
		v->close();
		linger(i % 4 * 300);
		expect_whole();
		v->open();
		linger(i % 3 * 100);
		expect_whole();
	}
	stop = 1;
	for (u32 i = 1; i <= UPDATERS; i++)
		cpu_join(i);
	for (u32 i = 1; i <= UPDATERS; i++) {
		CHECK(done[i] > 0, "processor %u did nothing: the test shows nothing", i);
		sum += done[i];
	}
	say("%lu rounds of updates", sum);
	held = *(u64 *)page(LOCK_PAGE);
	CHECK(shared()->sum == 3 * sum, "%ld of %lu additions are lost",
	      (s64)(3 * sum - shared()->sum), 3 * sum);
	CHECK(shared()->pair[0] == sum && shared()->pair[1] == 3 * sum,
	      "a pair lost %ld and %ld of %lu rounds", (s64)(sum - shared()->pair[0]),
	      (s64)(3 * sum - shared()->pair[1]), sum);
	CHECK(sum - held <= UPDATERS, "%ld of %lu rounds under a spin lock are lost",
	      (s64)(sum - held), sum);
	same("the spin lock", shared()->lock, 0);
}

static void audit_on(void)
{
	protect(TESSERA_ACTION_AUDIT, shared(), sizeof(struct shared));
}

static void audit_off(void)
{
	unprotect(TESSERA_ACTION_AUDIT, shared(), sizeof(struct shared));
}

void updates_outlive_an_audit(void)
{
	run_updates(&(struct variant){ .close = audit_on, .open = audit_off });
}

static void deny_on(void)
{
	protect(TESSERA_ACTION_DENY, (u8 *)shared() + BESIDE, 1);
}

static void deny_off(void)
{
	unprotect(TESSERA_ACTION_DENY, (u8 *)shared() + BESIDE, 1);
}

void updates_outlive_a_neighbour(void)
{
	run_updates(&(struct variant){ .close = deny_on, .open = deny_off });
}

static void deny_elsewhere(void)
{
	protect(TESSERA_ACTION_DENY, page(PAGE) + 5 * TILE, 8);
}

// With SPP the page's entry in the EPT stays as it is: only its vector of tiles changes.
void updates_outlive_a_tile(void)
{
	run_updates(&(struct variant){ deny_elsewhere, deny_on, deny_off });
}

static void swap(bool closes)
{
	struct tessera_operation ops[] = {
		{ TESSERA_CALL_PROTECT, rule_for(TESSERA_ACTION_AUDIT),
		  gpa_of(page(PAGE)) + (closes ? 0 : 9 * TILE), TILE, 0 },
		{ TESSERA_CALL_UNPROTECT, rule_for(TESSERA_ACTION_AUDIT),
		  gpa_of(page(PAGE)) + (closes ? 9 * TILE : 0), TILE, 0 },
	};
	u64 which;
	s64 error = call(TESSERA_CALL_BATCH, gpa_of(ops), 2, 0, &which);

	CHECK(!error, "operation %lu answers %s", which, call_error(error));
}

static void swap_begin(void)
{
	s64 error = call(TESSERA_CALL_PROTECT, rule_for(TESSERA_ACTION_AUDIT),
			 gpa_of(page(PAGE)) + 9 * TILE, TILE, NULL);

	CHECK(!error, "protect answers %s", call_error(error));
}

static void swap_in(void)
{
	swap(true);
}

static void swap_out(void)
{
	swap(false);
}

// One call opens this tile and closes another one, and the reverse.
void updates_outlive_a_batch(void)
{
	run_updates(&(struct variant){ swap_begin, swap_in, swap_out });
	same("error",
	     (u64)call(TESSERA_CALL_UNPROTECT, rule_for(TESSERA_ACTION_AUDIT),
		       gpa_of(page(PAGE)) + 9 * TILE, TILE, NULL),
	     0);
}

static void map_on(void)
{
	access_set_one(page(PAGE), ~(1U << 5));
}

static void map_off(void)
{
	access_set_one(page(PAGE), ~0U);
}

// By the software engine one closed tile makes all stores to the page steps.
void updates_outlive_an_access_map(void)
{
	run_updates(&(struct variant){ .close = map_on, .open = map_off });
}

static void large_on(void)
{
	protect(TESSERA_ACTION_AUDIT, arena, SIZE_2M);
}

static void large_off(void)
{
	unprotect(TESSERA_ACTION_AUDIT, arena, SIZE_2M);
}

// The 2 MiB are one page whenever the rule is on or off, and 512 in between.
void updates_outlive_a_large_page(void)
{
	run_updates(&(struct variant){ .close = large_on, .open = large_off });
}
