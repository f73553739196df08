// SPDX-License-Identifier: MIT
// Guards and the processes that they belong to: those that made them, and those they are about.
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client.h"

#define ROUNDS    5
#define TILE      128
#define ABOVE_RAM (4ULL << 30)

// A child that runs `run` with a word that both see.
static pid_t start(void (*run)(volatile uint64_t *shared), volatile uint64_t **shared)
{
	pid_t child;

	*shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	require(*shared != MAP_FAILED);
	child = fork();
	require(child >= 0);
	if (child)
		return child;
	run(*shared);
	_exit(0);
}

static void await(volatile uint64_t *word, uint64_t value)
{
	for (unsigned int i = 0; i < 500 && *word != value; i++)
		sleep_ms(10);
	require(*word == value);
}

static int end_of(pid_t child)
{
	int status;

	require(waitpid(child, &status, 0) == child);
	return status;
}

static void guard_two_and_wait(volatile uint64_t *shared)
{
	int fd = open_device();
	char *page = new_page();

	guard_own(fd, TESSERA_RULE_DENY, page, 1);
	guard_own(fd, TESSERA_RULE_DENY, page + 3000, 500);
	*shared = 1;
	pause();
}

// Two programs at once: the end of one does not touch what the other has.
static void two(char **arguments)
{
	int fd = open_device();
	struct tessera_guard listed = { .number = 1 };
	volatile uint64_t *shared;
	pid_t child = start(guard_two_and_wait, &shared);
	uint32_t mine, seen = 0;

	(void)arguments;
	await(shared, 1);
	mine = guard_own(fd, TESSERA_RULE_DENY, new_page(), 8);
	require(get_info(fd).guards == 3 && get_info(fd).regions == 3 && get_info(fd).held == 3);
	for (; ioctl(fd, TESSERA_IOC_GUARD_GET, &listed) == 0; listed.number++) {
		require(listed.creator_pid == (uint32_t)(listed.number == mine ? getpid() : child));
		seen++;
	}
	require(seen == 3 && errno == ENOENT);
	kill(child, SIGKILL);
	require(WIFSIGNALED(end_of(child)));
	await_guards(fd, 1);
	listed.number = 1;
	require(ioctl(fd, TESSERA_IOC_GUARD_GET, &listed) == 0 && listed.number == mine);
	unguard(fd, mine);
	await_guards(fd, 0);
}

static void guard_without_end(volatile uint64_t *shared)
{
	int fd = open_device();
	char *page = new_page();
	uint32_t last[4] = { 0 };

	for (uint32_t i = 0;; i++) {
		if (last[i % 4])
			unguard(fd, last[i % 4]);
		last[i % 4] = guard_own(fd, TESSERA_RULE_DENY, page + i % 1024, 1 + i % 3000);
		*shared = i;
	}
}

// A program is killed somewhere between two requests, or within one.
static void killed(char **arguments)
{
	int fd = open_device();

	(void)arguments;
	for (unsigned int i = 0; i < ROUNDS; i++) {
		volatile uint64_t *shared;
		pid_t child = start(guard_without_end, &shared);

		sleep_ms(100 + 37 * i);
		require(*shared > 4);
		kill(child, SIGKILL);
		require(WIFSIGNALED(end_of(child)));
		await_guards(fd, 0);
	}
}

static char *guarded_page;

static void wait_then_store(volatile uint64_t *shared)
{
	memset(guarded_page, 'a', 4096); // our own copy
	*shared = 1;
	await(shared, 2);
	memset(guarded_page, 'b', TILE);
	memset(guarded_page + TILE + 8, 'b', 4096 - TILE - 8);
	*shared = 3;
	guarded_page[TILE] = 'b';
	*shared = 4;
}

// A guard in another process, to be kept until that process ends.
static uint32_t guard_of(int fd, pid_t pid)
{
	struct tessera_guard guard = { .space = TESSERA_SPACE_PROCESS,
				       .flags = TESSERA_GUARD_KEEP,
				       .start = (uintptr_t)guarded_page + TILE,
				       .length = 8,
				       .pid = pid };

	require(ioctl(fd, TESSERA_IOC_GUARD, &guard) == 0 && guard.held == 1 && !guard.creator_pid);
	return guard.number;
}

// A process writes where it must not: that is its end, and the guard's. The bytes around are free.
static void deny(char **arguments)
{
	int fd = open_device(), status;
	volatile uint64_t *shared;
	uint64_t blocked = get_info(fd).blocked;
	pid_t child;

	(void)arguments;
	guarded_page = new_page();
	child = start(wait_then_store, &shared);
	await(shared, 1);
	guard_of(fd, child);
	*shared = 2;
	status = end_of(child);
	require(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV && *shared == 3);
	require(get_info(fd).blocked == blocked + 1);
	await_guards(fd, 0);
}

static void become_another(volatile uint64_t *shared)
{
	guarded_page[0] = 1;
	*shared = 1;
	await(shared, 2);
	execl("/bin/sleep", "sleep", "60", NULL);
}

// A process that becomes another program has none of its old memory.
static void another(char **arguments)
{
	int fd = open_device();
	volatile uint64_t *shared;
	pid_t child;

	(void)arguments;
	guarded_page = new_page();
	child = start(become_another, &shared);
	await(shared, 1);
	guard_of(fd, child);
	require(get_info(fd).guards == 1);
	*shared = 2;
	await_guards(fd, 0);
	kill(child, SIGKILL);
	end_of(child);
}

// The kernel writes on a program's behalf: it is refused like the program, and says so.
static void kernel_writes(char **arguments)
{
	int fd = open_device(), zero = open("/dev/zero", O_RDONLY), ends[2];
	char *page = new_page();
	uint32_t guard;

	(void)arguments;
	memset(page, 'a', 4096);
	guard = guard_own(fd, TESSERA_RULE_DENY, page, 4096);
	require(read(zero, page, 4096) == -1 && errno == EFAULT);
	require(pipe(ends) == 0 && write(ends[1], "x", 1) == 1);
	require(read(ends[0], page + 100, 1) == -1 && errno == EFAULT);
	for (unsigned int i = 0; i < 4096; i++)
		require(page[i] == 'a');
	unguard(fd, guard);
	require(read(zero, page, 4096) == 4096 && !page[0]);
}

// Memory that a process may not write is what it shares with others: the file's own page. What the
// file is written with vanishes.
static void read_only(char **arguments)
{
	int fd = open_device(), file = open("/tmp/file", O_RDWR | O_CREAT | O_TRUNC, 0600);
	uint32_t rule = make_rule(fd, TESSERA_ACTION_DISCARD), guard;
	char *page;

	(void)arguments;
	require(write(file, "constant", 8) == 8);
	page = mmap(NULL, 4096, PROT_READ, MAP_SHARED, file, 0);
	require(page != MAP_FAILED && page[0] == 'c');
	guard = guard_own(fd, rule, page, 4);
	require(pwrite(file, "changed!", 8, 0) == 8);
	require(memcmp(page, "consged!", 8) == 0);
	unguard(fd, guard);
	require(pwrite(file, "changed!", 8, 0) == 8 && memcmp(page, "changed!", 8) == 0);
	delete_rule(fd, rule);
}

// Kernel memory at an address: opened and closed again, so that it is known to be guarded.
static void place(char **arguments)
{
	int fd = open_device();
	uint32_t rule = make_rule(fd, TESSERA_ACTION_AUDIT);
	struct tessera_guard guard = { .rule = rule,
				       .space = TESSERA_SPACE_KERNEL,
				       .start = number(arguments[0]),
				       .length = 100 };
	struct tessera_region_query region = { .index = 0 };

	require(ioctl(fd, TESSERA_IOC_GUARD, &guard) == 0);
	require(ioctl(fd, TESSERA_IOC_REGION_GET, &region) == 0);
	require(region.region.gpa % 4096 == guard.start % 4096 && region.region.rule == rule);
	unguard(fd, guard.number);
	delete_rule(fd, rule);
}

// Guards kernel memory until killed: `hold ADDRESS LENGTH ACTION`. Says so when it is done, and
// tells of the events as they come.
static void hold(char **arguments)
{
	int fd = open_device();
	struct tessera_guard guard = { .rule = make_rule(fd, number(arguments[2])),
				       .space = TESSERA_SPACE_KERNEL,
				       .start = number(arguments[0]),
				       .length = number(arguments[1]) };
	struct tessera_event e;

	require(ioctl(fd, TESSERA_IOC_GUARD, &guard) == 0);
	printf("held by guard %u\n", guard.number);
	while (read(fd, &e, sizeof(e)) == sizeof(e))
		printf("event rip 0x%llx offset %llu action %u cpl %u\n", (unsigned long long)e.rip,
		       (unsigned long long)(e.gpa - guard.start) % 4096, e.action,
		       e.info & TESSERA_EVENT_CPL);
}

// Keeps kernel memory under a rule that is sealed.
static void seal(char **arguments)
{
	int fd = open_device();
	struct tessera_rule rule = { .number = make_rule(fd, TESSERA_ACTION_DENY) };
	struct tessera_guard guard = { .rule = rule.number,
				       .space = TESSERA_SPACE_KERNEL,
				       .start = number(arguments[0]),
				       .length = 8 };

	require(ioctl(fd, TESSERA_IOC_SEAL, &rule) == 0);
	require(ioctl(fd, TESSERA_IOC_GUARD, &guard) == 0);
	require(ioctl(fd, TESSERA_IOC_UNGUARD, &guard) == -1 && errno == EPERM);
	// The driver has to keep what ends with us.
	close(fd);
	fd = open_device();
	require(ioctl(fd, TESSERA_IOC_GUARD_GET, &guard) == 0);
	require(guard.flags == TESSERA_GUARD_KEEP && !guard.creator_pid);
	require(ioctl(fd, TESSERA_IOC_RULE_DELETE, &rule) == -1 && errno == EPERM);
}

// A guard above RAM that outlives this program, for the next kernel to meet or not.
static void keep(char **arguments)
{
	int fd = open_device();
	struct tessera_guard guard = { .flags = TESSERA_GUARD_KEEP,
				       .start = ABOVE_RAM,
				       .length = 1 };

	(void)arguments;
	require(ioctl(fd, TESSERA_IOC_GUARD, &guard) == 0);
}

const struct command guards_commands[] = {
	{ "two", "", two },
	{ "killed", "", killed },
	{ "deny", "", deny },
	{ "another", "", another },
	{ "kernel-writes", "", kernel_writes },
	{ "read-only", "", read_only },
	{ "place", "ADDRESS", place },
	{ "hold", "ADDRESS LENGTH ACTION", hold },
	{ "seal", "ADDRESS", seal },
	{ "keep", "", keep },
	{ 0 },
};
