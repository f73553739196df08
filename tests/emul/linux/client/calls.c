// SPDX-License-Identifier: MIT
// The requests one by one: each error that a program can meet, and the numbers that it can ask for.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include "client.h"

#define RULES         256
#define NO_RULE       255U
#define NO_GUARD      0xffffffffU
#define BEYOND        (1ULL << 52)
#define NOT_CANONICAL 0x0000888000000000ULL // the walk's bits of it are those of kernel memory
#define TWO_MIB       (2ULL << 20)
#define ABOVE_RAM     (4ULL << 30)
#define SPARE         16           // pages: tables of the last change
#define BUDDY         (1ULL << 10) // of /proc/kpageflags: in the page allocator's hands
#define NOBODY        65534

static void fails(int fd, unsigned long request, void *argument, int error)
{
	errno = 0;
	if (ioctl(fd, request, argument) == -1 && errno == error)
		return;
	printf("request 0x%lx: not %s\n", request, strerror(error));
	require(!"the error that was to come");
}

struct wrong_guard {
	struct tessera_guard guard;
	int error;
};

static void guards_fail(int fd)
{
	struct wrong_guard cases[] = {
		{ { .space = 3, .start = 4096, .length = 1 }, EINVAL },
		{ { .flags = ~TESSERA_GUARD_KEEP, .start = 4096, .length = 1 }, EINVAL },
		{ { .start = 4096 }, EINVAL },
		{ { .start = 4096, .length = 2ULL << 30 }, EINVAL },
		{ { .start = ~0ULL, .length = 2 }, EINVAL },
		{ { .start = 4096, .length = 1, .pid = 1 }, EINVAL },
		{ { .start = BEYOND, .length = 1 }, ENXIO },
		{ { .start = ABOVE_RAM, .length = 1, .rule = NO_RULE }, ENOENT },
		{ { .start = ABOVE_RAM, .length = 1, .rule = 0x10000 }, ENOENT },
		{ { .space = TESSERA_SPACE_KERNEL, .start = 0, .length = 1 }, ENXIO },
		{ { .space = TESSERA_SPACE_KERNEL, .start = (uintptr_t)&fd, .length = 1 }, ENXIO },
		{ { .space = TESSERA_SPACE_KERNEL, .start = NOT_CANONICAL, .length = 1 }, ENXIO },
		{ { .space = TESSERA_SPACE_KERNEL, .start = ~0xfffULL, .length = 1 }, ENXIO },
		{ { .space = TESSERA_SPACE_PROCESS, .start = 0, .length = 1, .pid = getpid() },
		  ENXIO },
		{ { .space = TESSERA_SPACE_PROCESS, .start = ~0xfffULL, .length = 1, .pid = 1 },
		  ENXIO },
		{ { .space = TESSERA_SPACE_PROCESS, .start = (uintptr_t)&fd, .length = 1 }, ESRCH },
		{ { .space = TESSERA_SPACE_PROCESS, .start = 4096, .length = 1, .pid = 0x7ffffffe },
		  ESRCH },
		{ { .space = TESSERA_SPACE_PROCESS, .start = 4096, .length = 1, .pid = 2 }, ESRCH },
		{ { .number = 0, .start = ABOVE_RAM, .length = 1 }, EEXIST },
	};
	struct tessera_guard first = { .start = ABOVE_RAM, .length = 1 };

	require(ioctl(fd, TESSERA_IOC_GUARD, &first) == 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		printf("case %zu\n", i);
		fails(fd, TESSERA_IOC_GUARD, &cases[i].guard, cases[i].error);
	}
	unguard(fd, first.number);
	fails(fd, TESSERA_IOC_UNGUARD, &first, ENOENT);
	first.number = NO_GUARD;
	fails(fd, TESSERA_IOC_GUARD_GET, &first, ENOENT);
	await_guards(fd, 0);
}

// A page that nobody has: whoever gets it next would fault.
static void free_memory_fails(int fd)
{
	int list = open("/proc/kpageflags", O_RDONLY);
	struct tessera_guard guard = { .length = 1 };
	uint64_t flags = 0;
	int error = 0;

	require(list >= 0);
	for (uint64_t page = 4096; error != EADDRNOTAVAIL && pread(list, &flags, 8, 8 * page) == 8;
	     page++) {
		if (!(flags & BUDDY))
			continue;
		guard.start = page * 4096;
		// It may have been taken meanwhile.
		error = ioctl(fd, TESSERA_IOC_GUARD, &guard) ? errno : 0;
		if (!error)
			unguard(fd, guard.number);
	}
	require(error == EADDRNOTAVAIL);
	close(list);
}

static void rules_fail(int fd)
{
	struct tessera_rule rule = { .action = TESSERA_ACTION_COUNT };
	struct tessera_guard guard = { .start = ABOVE_RAM, .length = 1 };
	uint32_t made[RULES], count = 0;

	fails(fd, TESSERA_IOC_RULE_CREATE, &rule, EINVAL);
	rule = (struct tessera_rule){ .action = TESSERA_ACTION_DENY, .name = "deny" };
	fails(fd, TESSERA_IOC_RULE_CREATE, &rule, EEXIST);
	rule.number = TESSERA_RULE_DENY;
	fails(fd, TESSERA_IOC_RULE_DELETE, &rule, EINVAL);
	rule.number = NO_RULE;
	fails(fd, TESSERA_IOC_RULE_DELETE, &rule, ENOENT);
	fails(fd, TESSERA_IOC_RULE_GET, &rule, ENOENT);
	fails(fd, TESSERA_IOC_SEAL, &rule, ENOENT);

	rule = (struct tessera_rule){ .action = TESSERA_ACTION_DENY };
	while (count < RULES && ioctl(fd, TESSERA_IOC_RULE_CREATE, &rule) == 0)
		made[count++] = rule.number;
	require(errno == ENOSPC && count > RULES / 2);
	guard.rule = made[0];
	require(ioctl(fd, TESSERA_IOC_GUARD, &guard) == 0);
	rule.number = made[0];
	fails(fd, TESSERA_IOC_RULE_DELETE, &rule, EBUSY);
	unguard(fd, guard.number);
	for (uint32_t i = 0; i < count; i++)
		delete_rule(fd, made[i]);
}

// Guards until the hypervisor has no memory left; all of it is back afterwards.
static void memory_fails(int fd)
{
	int other = open_device();
	uint64_t before = get_info(fd).free_pages;
	struct tessera_guard guard = { .start = ABOVE_RAM + TWO_MIB + 64, .length = 1 };
	uint32_t count = 0;

	while (ioctl(other, TESSERA_IOC_GUARD, &guard) == 0) {
		guard.start += TWO_MIB;
		count++;
	}
	require(errno == ENOMEM && count > 100);
	printf("%u guards of %llu pages\n", count, (unsigned long long)before);
	close(other);
	await_guards(fd, 0);
	// Tables that are no longer needed are freed by the next shootdown.
	guard.start = ABOVE_RAM;
	for (unsigned int i = 0; i < 2; i++) {
		require(ioctl(fd, TESSERA_IOC_GUARD, &guard) == 0);
		unguard(fd, guard.number);
	}
	printf("%llu pages are back\n", (unsigned long long)get_info(fd).free_pages);
	require(get_info(fd).free_pages + SPARE >= before);
}

static void others_fail(int fd)
{
	struct tessera_region_query region = { .index = get_info(fd).regions };
	struct tessera_number_query query = { .what = TESSERA_QUERY_COUNT };
	struct tessera_log_request log = { .sequence = 1, .log = TESSERA_LOG_COUNT, .lines = 1 };

	fails(fd, _IO('t', 99), NULL, ENOTTY);
	fails(fd, _IO('u', 0), NULL, ENOTTY);
	fails(fd, TESSERA_IOC_INFO, NULL, EFAULT);
	fails(fd, TESSERA_IOC_GUARD, NULL, EFAULT);
	fails(fd, TESSERA_IOC_REGION_GET, &region, ENOENT);
	fails(fd, TESSERA_IOC_QUERY, &query, EINVAL);
	fails(fd, TESSERA_IOC_LOG, &log, EINVAL);
	fails(fd, TESSERA_IOC_CLAIM, NULL, EEXIST);
}

static void errors(char **arguments)
{
	int fd = open_device();

	(void)arguments;
	others_fail(fd);
	guards_fail(fd);
	puts("free memory");
	free_memory_fails(fd);
	puts("rules");
	rules_fail(fd);
	puts("the hypervisor's memory");
	memory_fails(fd);
}

// Whatever the file's mode says, it is root's.
static void nobody(char **arguments)
{
	(void)arguments;
	require(setuid(NOBODY) == 0);
	require(open(TESSERA_DEVICE, O_RDWR) == -1 && errno == EACCES);
}

static void nobody_may(char **arguments)
{
	(void)arguments;
	require(chmod(TESSERA_DEVICE, 0666) == 0 && seteuid(NOBODY) == 0);
	require(open(TESSERA_DEVICE, O_RDWR) == -1 && errno == EPERM);
	require(seteuid(0) == 0 && chmod(TESSERA_DEVICE, 0600) == 0);
}

static void numbers(char **arguments)
{
	int fd = open_device();
	struct tessera_info info = get_info(fd);
	struct tessera_number_query query = { .what = TESSERA_QUERY_CPUS };
	struct tessera_log_request log = { .sequence = 1, .lines = TESSERA_LOG_MAX };
	struct tessera_statistics s;
	uint64_t last = 0;

	(void)arguments;
	require(info.abi == TESSERA_ABI_VERSION && info.cpus == 2);
	require(info.state == (TESSERA_DRIVER_KEY_HOLDER | TESSERA_DRIVER_EVENTS));
	require(ioctl(fd, TESSERA_IOC_QUERY, &query) == 0 && query.value == 2);
	require(ioctl(fd, TESSERA_IOC_STATISTICS, &s) == 0);
	require(s.cpus == 2 && s.claimed == 1 && !s.locked_down && s.regions == info.regions);
	require(s.pool_free && s.tsc > s.started);
	printf("wrong keys %llu\n", (unsigned long long)s.wrong_keys);
	require(s.log_lines > 2 && ioctl(fd, TESSERA_IOC_LOG, &log) == 0 && log.lines > 2);
	for (uint32_t i = 0; i < log.lines; i++)
		require(log.line[i].sequence > last && (last = log.line[i].sequence) &&
			log.line[i].text[0]);
	log = (struct tessera_log_request){ .sequence = s.log_lines, .lines = 1 };
	require(ioctl(fd, TESSERA_IOC_LOG, &log) == 0 && log.lines == 1);
	require(log.line[0].sequence == s.log_lines && !log.line[1].sequence);
	log.sequence = s.log_lines + 1000;
	require(ioctl(fd, TESSERA_IOC_LOG, &log) == 0 && !log.lines);
}

// The claim goes and comes; while nobody holds it, an attacker's calls are as good as ours.
static void claim(char **arguments)
{
	int fd = open_device();

	(void)arguments;
	require(ioctl(fd, TESSERA_IOC_RELEASE) == 0);
	require(!(get_info(fd).state & TESSERA_DRIVER_KEY_HOLDER));
	fails(fd, TESSERA_IOC_RELEASE, NULL, ENOENT);
	require(ioctl(fd, TESSERA_IOC_CLAIM) == 0);
	require(get_info(fd).state & TESSERA_DRIVER_KEY_HOLDER);
	fails(fd, TESSERA_IOC_CLAIM, NULL, EEXIST);
}

static int try_guard(int fd, uint32_t action, uint32_t space, void *start)
{
	struct tessera_guard guard = { .rule = make_rule(fd, action),
				       .space = space,
				       .start = (uintptr_t)start,
				       .length = 8,
				       .pid = space == TESSERA_SPACE_PROCESS ? getpid() : 0 };
	int error = ioctl(fd, TESSERA_IOC_GUARD, &guard) ? errno : 0;

	if (!error)
		unguard(fd, guard.number);
	delete_rule(fd, guard.rule);
	return error;
}

// What guards the kernel's own lockdown permits: `kernel-lockdown LEVEL`, 0 none, 1 integrity, 2
// confidentiality.
static void kernel_lockdown(char **arguments)
{
	uint64_t level = number(arguments[0]);
	void *page = new_page(), *physical = (void *)ABOVE_RAM;
	int fd = open_device();

	for (uint32_t action = TESSERA_ACTION_AUDIT; action < TESSERA_ACTION_COUNT; action++) {
		bool discards = action == TESSERA_ACTION_DISCARD;
		bool audits = action == TESSERA_ACTION_AUDIT;

		printf("action %u\n", action);
		require(try_guard(fd, action, TESSERA_SPACE_PROCESS, page) ==
			(level >= 1 && discards ? EPERM : 0));
		require(try_guard(fd, action, TESSERA_SPACE_PHYSICAL, physical) ==
			((level >= 1 && discards) || (level >= 2 && audits) ? EPERM : 0));
	}
}

// After the lockdown: what is closed stays closed, and nothing is added.
static void locked(char **arguments)
{
	int fd = open_device();
	struct tessera_guard guard = { .start = ABOVE_RAM, .length = 1 }, sealed = { .number = 1 };
	struct tessera_rule rule = { .number = TESSERA_RULE_DENY };
	struct tessera_statistics s;

	(void)arguments;
	require(ioctl(fd, TESSERA_IOC_GUARD_GET, &sealed) == 0);
	fails(fd, TESSERA_IOC_UNGUARD, &sealed, EPERM);
	require(ioctl(fd, TESSERA_IOC_LOCKDOWN) == 0);
	fails(fd, TESSERA_IOC_UNGUARD, &sealed, EACCES);
	fails(fd, TESSERA_IOC_GUARD, &guard, EACCES);
	fails(fd, TESSERA_IOC_RULE_CREATE, &rule, EACCES);
	fails(fd, TESSERA_IOC_SEAL, &rule, EACCES);
	fails(fd, TESSERA_IOC_RELEASE, NULL, EACCES);
	fails(fd, TESSERA_IOC_LOCKDOWN, NULL, EACCES);
	fails(fd, TESSERA_IOC_STATISTICS, &s, EACCES);
	require(get_info(fd).guards);
}

// The machine was devirtualized while a guard was kept, which can still be ended.
static void gone(char **arguments)
{
	int fd = open_device();
	struct tessera_info info;
	struct tessera_guard guard = { .start = ABOVE_RAM, .length = 1 }, kept = { .number = 1 };

	(void)arguments;
	fails(fd, TESSERA_IOC_INFO, &info, ENODEV);
	fails(fd, TESSERA_IOC_GUARD, &guard, ENODEV);
	require(ioctl(fd, TESSERA_IOC_GUARD_GET, &kept) == 0);
	unguard(fd, kept.number);
	fails(fd, TESSERA_IOC_GUARD_GET, &kept, ENOENT);
}

const struct command calls_commands[] = {
	{ "errors", "", errors },
	{ "nobody", "", nobody },
	{ "nobody-may", "", nobody_may },
	{ "numbers", "", numbers },
	{ "claim", "", claim },
	{ "kernel-lockdown", "LEVEL", kernel_lockdown },
	{ "locked", "", locked },
	{ "gone", "", gone },
	{ 0 },
};
