// SPDX-License-Identifier: MIT
// Guards of many extents: how many hypercalls and shootdowns one costs when it begins and ends.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "client.h"

#define PAGE  4096ULL
#define PAGES 300 // more than two batches
// The hypercalls of a guard: RULE_GET when it begins, and its batches.
#define BATCHES ((PAGES + TESSERA_BATCH_MAX - 1) / TESSERA_BATCH_MAX)
#define VMCALL  18                 // basic exit reason
#define FRAME   ((1ULL << 55) - 1) // of a pagemap entry

struct page {
	uint64_t frame;
	off_t offset; // in the file
};

static int by_frame_descending(const void *left, const void *right)
{
	const struct page *a = left, *b = right;

	return a->frame < b->frame ? 1 : -1;
}

// Finds out where the pages of a file are in memory.
static void find_frames(int file, struct page *pages)
{
	char *mapped = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	int pagemap = open("/proc/self/pagemap", O_RDONLY);

	require(mapped != MAP_FAILED && pagemap >= 0);
	for (unsigned int i = 0; i < PAGES; i++) {
		off_t entry = (off_t)(((uintptr_t)mapped / PAGE + i) * sizeof(uint64_t));

		mapped[i * PAGE] = 1;
		require(pread(pagemap, &pages[i].frame, sizeof(uint64_t), entry) == 8);
		pages[i].frame &= FRAME;
		pages[i].offset = (off_t)(i * PAGE);
	}
	require(pages[0].frame && munmap(mapped, PAGES * PAGE) == 0);
	close(pagemap);
}

// Maps pages in the descending order of their physical addresses: each is an extent of its own.
static char *map_extents(void)
{
	char *mapped = mmap(NULL, PAGES * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int file = memfd_create("extents", 0);
	static struct page pages[PAGES];

	require(mapped != MAP_FAILED && file >= 0 && ftruncate(file, PAGES * PAGE) == 0);
	find_frames(file, pages);
	qsort(pages, PAGES, sizeof(pages[0]), by_frame_descending);
	for (unsigned int i = 0; i < PAGES; i++)
		require(mmap(mapped + i * PAGE, PAGE, PROT_READ | PROT_WRITE,
			     MAP_SHARED | MAP_FIXED, file, pages[i].offset) != MAP_FAILED);
	close(file);
	return mapped;
}

struct cost {
	uint64_t calls, shootdowns;
};

static struct cost read_cost(int fd)
{
	struct tessera_statistics s;

	require(ioctl(fd, TESSERA_IOC_STATISTICS, &s) == 0);
	return (struct cost){ s.exits[VMCALL], s.shootdowns };
}

// The cost since `before`, without that of reading it.
static struct cost cost_since(int fd, struct cost before)
{
	struct cost now = read_cost(fd), again = read_cost(fd);

	return (struct cost){ now.calls - before.calls - (again.calls - now.calls),
			      now.shootdowns - before.shootdowns };
}

static void require_cost(const char *what, struct cost cost, uint64_t calls)
{
	printf("%s: %llu calls, %llu shootdowns\n", what, (unsigned long long)cost.calls,
	       (unsigned long long)cost.shootdowns);
	require(cost.calls == calls && cost.shootdowns <= calls);
}

static void begin_and_end(int fd, char *pages)
{
	struct cost before = read_cost(fd), cost;
	uint32_t guard = guard_own(fd, TESSERA_RULE_DENY, pages, PAGES * PAGE);

	cost = cost_since(fd, before);
	require(get_info(fd).regions == PAGES && get_info(fd).held == PAGES);
	require_cost("begin", cost, 1 + BATCHES);
	require(cost.shootdowns);
	before = read_cost(fd);
	unguard(fd, guard);
	require_cost("end", cost_since(fd, before), BATCHES);
	await_guards(fd, 0);
	for (unsigned int i = 0; i < PAGES; i++)
		pages[i * PAGE] = 2;
}

// The last batch fails: the first ones are taken back, a call each.
static void begin_and_fail(int fd, char *pages)
{
	uint32_t last = guard_own(fd, TESSERA_RULE_DENY, pages + (PAGES - 1) * PAGE, PAGE);
	struct tessera_guard guard = { .space = TESSERA_SPACE_PROCESS,
				       .start = (uintptr_t)pages,
				       .length = PAGES * PAGE,
				       .pid = (uint32_t)getpid() };
	struct cost before = read_cost(fd);

	require(ioctl(fd, TESSERA_IOC_GUARD, &guard) == -1 && errno == EEXIST);
	require_cost("fail", cost_since(fd, before), 1 + BATCHES + BATCHES - 1);
	require(get_info(fd).guards == 1 && get_info(fd).regions == 1 && get_info(fd).held == 1);
	for (unsigned int i = 0; i < PAGES - 1; i++)
		pages[i * PAGE] = 3;
	unguard(fd, last);
	await_guards(fd, 0);
}

static void extents(char **arguments)
{
	int fd = open_device();
	char *pages = map_extents();

	(void)arguments;
	begin_and_end(fd, pages);
	begin_and_fail(fd, pages);
}

// Holds a guard of many extents until killed, and tells its regions.
static void extents_hold(char **arguments)
{
	int fd = open_device();
	struct tessera_region_query query = { .index = 0 };

	(void)arguments;
	guard_own(fd, TESSERA_RULE_DENY, map_extents(), PAGES * PAGE);
	for (; ioctl(fd, TESSERA_IOC_REGION_GET, &query) == 0; query.index++)
		printf("region 0x%llx+%llu\n", (unsigned long long)query.region.gpa,
		       (unsigned long long)query.region.length);
	puts("held");
	pause();
}

const struct command extents_commands[] = {
	{ "extents", "", extents },
	{ "extents-hold", "", extents_hold },
	{ 0 },
};
