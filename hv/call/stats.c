// SPDX-License-Identifier: MIT
// The calls that read the hypervisor's counters and its log.
#include "hv/call/calls.h"
#include "hv/core/guest_memory.h"
#include "hv/core/log.h"
#include "hv/core/vm.h"
#include "hv/lib/string.h"
#include "hv/x86/insn.h"

_Static_assert(REASON_COUNT <= TESSERA_EXIT_REASONS, "each exit reason has a counter");

// For each field that is kept in struct vm: its offset there, and whether it has 64 bits or 32.
// 0 for a field that look_up_statistics() sets.
#define WIDE        BIT(15)
#define FIELD(name) ((offsetof(struct tessera_statistics, name) - FIRST) / sizeof(u64))
#define FIRST       offsetof(struct tessera_statistics, tsc)
#define FROM(from) \
	(offsetof(struct vm, from) | (sizeof(((struct vm *)0)->from) == sizeof(u64) ? WIDE : 0))

#define WRITES(action) FROM(writes[TESSERA_ACTION_##action])

_Static_assert(sizeof(struct vm) < WIDE, "offsets fit");

// clang-format off
static const u16 sources[] = {
	[FIELD(started)]          = FROM(started),
	[FIELD(cpus)]             = FROM(cpus),
	[FIELD(rules)]            = FROM(policy.rules.count),
	[FIELD(regions)]          = FROM(policy.regions.count),
	[FIELD(mapped_pages)]     = FROM(policy.access.pages),
	[FIELD(audited_writes)]   = WRITES(AUDIT),
	[FIELD(discarded_writes)] = WRITES(DISCARD),
	[FIELD(denied_writes)]    = WRITES(DENY),
	[FIELD(frozen_writes)]    = WRITES(FREEZE),
	[FIELD(ring_records)]     = FROM(ring.all_written),
	[FIELD(ring_dropped)]     = FROM(ring.all_dropped),
	[FIELD(spp_misses)]       = FROM(policy.misses),
	[FIELD(spp_starved)]      = FROM(policy.misses_no_memory),
	[FIELD(spp_broken)]       = FROM(policy.misconfigs),
	[FIELD(shootdowns)]       = FROM(shootdown.count),
	[FIELD(shootdown_nmis)]   = FROM(shootdown.kicks),
	[FIELD(invalidations)]    = FROM(shootdown.invepts),
	[FIELD(hidden_reads)]     = FROM(counters.hidden_reads),
	[FIELD(hidden_writes)]    = FROM(counters.hidden_writes),
	[FIELD(exit_loops)]       = FROM(counters.loops_resolved),
	[FIELD(wrong_keys)]       = FROM(counters.wrong_keys),
};
// clang-format on

static void look_up_statistics(struct vm *vm, struct tessera_statistics *s)
{
	struct rule_table *t = &vm->policy.rules;

	s->tsc = rdtsc();
	s->tsc_hz = boot->tsc_hz;
	lock_take(&vm->policy.lock);
	for (s32 n = rule_next(t, 0); n >= 0; n = rule_next(t, n + 1))
		s->sealed_rules += rule_get(t, n)->flags / TESSERA_RULE_SEALED % 2;
	lock_drop(&vm->policy.lock);
	s->claimed = vm->key != 0;
	s->locked_down = vm->policy.lockdown;
	s->log_lines = log_written();
	s->pool_pages = vm->pool->size / PAGE_SIZE;
	s->pool_free = vm->pool->free_pages;
	s->pool_free_least = vm->pool->free_least;
}

static void count_statistics(struct vm *vm, struct tessera_statistics *s)
{
	memset(s, 0, sizeof(*s));
	for (u32 i = 0; i < vm->cpus; i++)
		for (u32 reason = 0; reason < REASON_COUNT; reason++)
			s->exits[reason] += vm->cpu[i]->exits[reason];
	for (u32 i = 0; i < ARRAY_SIZE(sources); i++) {
		const void *from = (const u8 *)vm + (sources[i] & ~WIDE);

		(&s->tsc)[i] = sources[i] & WIDE ? *(const u64 *)from : *(const u32 *)from;
	}
	look_up_statistics(vm, s);
}

s64 call_statistics(struct cpu *c, const struct arguments *x, u64 *value)
{
	u64 size = MIN(x->a[1], sizeof(struct tessera_statistics));
	struct tessera_statistics s;
	s64 error;

	if (!size)
		return TESSERA_BAD_ARGUMENT;
	count_statistics(c->vm, &s);
	error = guest_write(c, x->a[0], &s, size);
	if (!error)
		*value = size;
	return error;
}

s64 call_log_read(struct cpu *c, const struct arguments *x, u64 *value)
{
	bool (*const read)(u64, struct tessera_log_line *) = x->a[3] ? log_previous : log_read;
	struct tessera_log_line lines[TESSERA_LOG_MAX], *line = lines;
	s64 error = TESSERA_OK;

	if (!x->a[2] || x->a[2] > TESSERA_LOG_MAX || x->a[3] >= TESSERA_LOG_COUNT)
		return TESSERA_BAD_ARGUMENT;
	for (u64 next = x->a[0]; line < lines + x->a[2] && read(next, line); line++)
		next = line->sequence + 1;
	if (line > lines)
		error = guest_write(c, x->a[1], lines, (line - lines) * sizeof(*line));
	if (!error)
		*value = line - lines;
	return error;
}
