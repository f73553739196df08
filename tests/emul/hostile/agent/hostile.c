// SPDX-License-Identifier: MIT
// Plays cases on all CPUs and tells the host of them.
#include "tests/emul/hostile/agent/hostile.h"

#include "hv/lib/format.h"
#include "hv/lib/string.h"
#include "tests/emul/hostile/agent/groups.h"
#include "tests/emul/hostile/agent/scenarios.h"
#include "tests/emul/system/agent/plain.h"
#include "tests/emul/system/agent/serial.h"

#define BLOCK               64 // cases that share a hash
#define BLOCKS_MAX          1024
#define REPORT_PAGE         512 // of the arena
#define REPORT_SIZE         (SIZE_2M / CPUS_MAX)

#define DECLARE_GROUP(name) extern const struct group name##_group;
HOSTILE_GROUPS(DECLARE_GROUP)

static const struct group *const all_groups[] = {
#define GROUP_ENTRY(name) &name##_group,
	HOSTILE_GROUPS(GROUP_ENTRY)
};

static const struct group *group;
static u64 seed, first, count;
static bool show;

static struct player {
	struct hostile h;
	u64 hash[BLOCKS_MAX];
	u32 reported; // bytes of its report
} players[CPUS_MAX];

static char *report_of(u32 cpu)
{
	return (char *)page(REPORT_PAGE) + cpu * REPORT_SIZE;
}

static u64 mix(u64 hash, u64 value)
{
	hash = (hash ^ value) * 0x9e3779b97f4a7c15;
	return hash ^ hash >> 29;
}

static void append(struct hostile *h, const char *text, va_list list)
{
	u32 left = HOSTILE_TEXT - h->used;

	h->used += MIN(format_list(h->text + h->used, left, text, list), left - 1);
}

static __attribute__((format(printf, 2, 3))) void add(struct hostile *h, const char *text, ...)
{
	va_list list;

	va_start(list, text);
	append(h, text, list);
	va_end(list);
}

void about(struct hostile *h, const char *text, ...)
{
	va_list list;

	if (!h->shown && !h->apart)
		return;
	va_start(list, text);
	append(h, text, list);
	va_end(list);
	add(h, ":");
}

void note(struct hostile *h, const char *name, u64 value)
{
	h->hash = mix(h->hash, value);
	if (h->shown || h->apart)
		add(h, " %s=%lx", name, value);
}

u64 chance(struct hostile *h)
{
	return random_next(&h->random);
}

static void file_report(struct player *p, u32 cpu)
{
	u32 left = REPORT_SIZE - p->reported;
	u32 used = format(report_of(cpu) + p->reported, left, "case %u %lu %s\r\n", cpu,
			  p->h.number, p->h.text);

	CHECK(used < left, "too many cases are shown at once");
	p->reported += used;
}

static void play_one(struct player *p, u32 cpu, u64 number)
{
	struct hostile *h = &p->h;
	u64 *hash = &p->hash[(number - first) / BLOCK];

	memset(h, 0, sizeof(*h));
	h->number = number;
	h->shown = show;
	h->random = mix(mix(mix(seed, number), argument[OF_GROUP]), cpu) | 1;
	group->play(h);
	if (h->shown || h->apart)
		file_report(p, cpu);
	if (!h->apart)
		*hash = mix(*hash, h->hash);
}

static bool is_split(const struct group *g)
{
	return g->split || g->alone;
}

static void play_share(void *of)
{
	u32 cpu = cpu_this()->number;

	(void)of;
	for (u64 n = first; n < first + count; n++)
		if (!is_split(group) || n / BLOCK % cpu_count == cpu)
			play_one(&players[cpu], cpu, n);
}

static void play_everywhere(void)
{
	for (u32 i = 1; i < cpu_count; i++) {
		cpu_start(i, play_share, NULL);
		if (group->alone)
			cpu_join(i);
	}
	play_share(NULL);
	for (u32 i = 1; i < cpu_count; i++)
		cpu_join(i);
}

static void print_results(void)
{
	for (u32 i = 0; i < cpu_count; i++) {
		report_of(i)[players[i].reported] = 0;
		serial_put(report_of(i));
		for (u64 n = 0; n < count && !show; n += BLOCK)
			say("block %u %lu %lx", i, first + n, players[i].hash[n / BLOCK]);
	}
}

static void play_command(bool shown)
{
	CHECK(argument[OF_GROUP] < ARRAY_SIZE(all_groups), "there is no group %lu",
	      argument[OF_GROUP]);
	group = all_groups[argument[OF_GROUP]];
	seed = argument[OF_SEED];
	first = argument[OF_FIRST];
	count = argument[OF_COUNT];
	show = shown;
	CHECK(count <= BLOCKS_MAX * BLOCK, "too many cases at once");
	memset(players, 0, sizeof(players));
	if (group->begin)
		group->begin();
	play_everywhere();
	if (group->end)
		group->end();
	print_results();
}

void play_cases(void)
{
	play_command(false);
}

void show_cases(void)
{
	play_command(true);
}

void groups(void)
{
	for (u32 i = 0; i < ARRAY_SIZE(all_groups); i++)
		say("group %s %lu %u %u", all_groups[i]->name, all_groups[i]->cases,
		    all_groups[i]->random, is_split(all_groups[i]));
}
