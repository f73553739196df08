// SPDX-License-Identifier: MIT
// The stream of events: what is in a record, how it is read, and what is said about losses.
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "client.h"

#define STORES 5
#define RECORD ((off_t)sizeof(struct tessera_event))
#define CHUNK  64 // records in one read

struct watched {
	int fd;
	uint32_t rule, guard;
	volatile uint64_t *word;
};

static struct watched watch(void)
{
	struct watched w = { .fd = open_device() };

	w.rule = make_rule(w.fd, TESSERA_ACTION_AUDIT);
	w.word = (volatile uint64_t *)new_page() + 32;
	w.guard = guard_own(w.fd, w.rule, (void *)w.word, sizeof(*w.word));
	return w;
}

static void unwatch(struct watched *w)
{
	unguard(w->fd, w->guard);
	delete_rule(w->fd, w->rule);
	close(w->fd);
}

static int make_nonblocking(int fd)
{
	require(fcntl(fd, F_SETFL, O_NONBLOCK) == 0);
	return fd;
}

static void check_record(const struct watched *w, const struct tessera_event *e, uint64_t value)
{
	require(e->rule == w->rule && e->action == TESSERA_ACTION_AUDIT);
	require(e->before == value - 1 && e->after == value);
	require(e->gva == (uintptr_t)w->word && e->gpa % 4096 == e->gva % 4096);
	require(is_in_store(e->rip) && (e->info & TESSERA_EVENT_CPL) == 3 && e->cpu < 2);
}

static void check_seeks(int fd, const struct tessera_event *read_before)
{
	struct tessera_event e;
	off_t here = lseek(fd, 0, SEEK_CUR);

	require(here > 0 && here % RECORD == 0 && here == lseek(fd, 0, SEEK_END));
	require(lseek(fd, -STORES * RECORD, SEEK_CUR) == here - STORES * RECORD);
	require(read(fd, &e, sizeof(e)) == RECORD);
	require(memcmp(&e, read_before, sizeof(e)) == 0);
	require(lseek(fd, 1, SEEK_CUR) == -1 && errno == EINVAL);
	require(lseek(fd, here + RECORD, SEEK_SET) == -1 && errno == EINVAL);
	require(lseek(fd, -RECORD, SEEK_SET) == -1 && errno == EINVAL);
	require(lseek(fd, here + RECORD, SEEK_DATA) == -1 && errno == EINVAL);
	require(lseek(fd, 0, SEEK_DATA) == (off_t)get_events(fd).oldest * RECORD);
	require(lseek(fd, here, SEEK_SET) == here);
}

static void check_map(int fd, const struct tessera_event *read_before)
{
	struct tessera_events at = get_events(fd);
	const struct tessera_ring *ring = mmap(NULL, at.ring, PROT_READ, MAP_SHARED, fd, 0);
	const struct tessera_event *records = (const void *)(ring + 1);

	require(ring != MAP_FAILED);
	require(ring->version == TESSERA_ABI_VERSION && ring->head == at.next);
	require(ring->tail == at.oldest && ring->records == at.ring / RECORD - 1);
	for (unsigned int i = 0; i < STORES; i++)
		require(memcmp(&records[(at.next - STORES + i) % ring->records], &read_before[i],
			       RECORD) == 0);
	require(mprotect((void *)ring, at.ring, PROT_READ | PROT_WRITE) == -1 && errno == EACCES);
	require(munmap((void *)ring, at.ring) == 0);
	require(mmap(NULL, at.ring, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) == MAP_FAILED);
	require(errno == EACCES);
	require(mmap(NULL, at.ring + 4096, PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED);
	require(mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 4096) == MAP_FAILED);
}

static void records(char **arguments)
{
	struct watched w = watch();
	struct pollfd ask = { .fd = make_nonblocking(w.fd), .events = POLLIN };
	struct tessera_event e[STORES + 1];
	struct tessera_events at;

	(void)arguments;
	require(read(w.fd, e, sizeof(e)) == -1 && errno == EAGAIN);
	require(read(w.fd, e, RECORD - 1) == -1 && errno == EINVAL);
	require(poll(&ask, 1, 0) == 0);
	for (uint64_t i = 1; i <= STORES; i++)
		store(w.word, i);
	require(poll(&ask, 1, 0) == 1 && ask.revents == POLLIN);
	require(read(w.fd, e, 2 * RECORD + 1) == 2 * RECORD);
	require(read(w.fd, e + 2, sizeof(e) - 2 * RECORD) == 3 * RECORD);
	require(read(w.fd, e + STORES, RECORD) == -1 && errno == EAGAIN);
	for (uint64_t i = 0; i < STORES; i++) {
		check_record(&w, &e[i], i + 1);
		require(e[i].sequence == e[0].sequence + i);
	}
	check_seeks(w.fd, e);
	check_map(w.fd, e);
	at = get_events(w.fd);
	require(at.position == at.next && at.oldest <= at.next && !at.missed && !at.dropped);
	require(pread(w.fd, e, sizeof(e), 0) == -1 && errno == ESPIPE);
	require(write(w.fd, e, sizeof(e)) == -1);
	unwatch(&w);
}

static uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000ULL + t.tv_nsec / 1000000;
}

// One event after a while, brought about by another process.
static pid_t store_later(struct watched *w)
{
	pid_t child = fork();

	require(child >= 0);
	if (child)
		return child;
	sleep_ms(300);
	store(w->word, 1);
	_exit(0);
}

// Whoever sleeps is woken, in read and in poll alike.
static void sleepers(char **arguments)
{
	struct watched w = { .fd = open_device() };
	struct pollfd ask = { .fd = w.fd, .events = POLLIN };
	struct tessera_event e;
	uint64_t began;

	(void)arguments;
	w.word = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	require(w.word != MAP_FAILED);
	*w.word = 0;
	w.rule = make_rule(w.fd, TESSERA_ACTION_AUDIT);
	w.guard = guard_own(w.fd, w.rule, (void *)w.word, sizeof(*w.word));
	for (unsigned int i = 0; i < 2; i++) {
		pid_t child = store_later(&w);

		began = now_ms();
		require(i || poll(&ask, 1, 10000) == 1);
		require(read(w.fd, &e, sizeof(e)) == RECORD && e.rule == w.rule);
		printf("woken after %llu ms\n", (unsigned long long)(now_ms() - began));
		require(now_ms() - began >= 250 && now_ms() - began < 800);
		require(waitpid(child, NULL, 0) == child);
	}
	require(poll(&ask, 1, 50) == 0);
	unwatch(&w);
}

// Reads what is there. Returns how many records.
static uint64_t drain(int fd, uint32_t rule)
{
	static struct tessera_event e[CHUNK];
	uint64_t count = 0;
	ssize_t got;

	while ((got = read(fd, e, sizeof(e))) > 0) {
		require(got % RECORD == 0);
		for (ssize_t i = 0; i < got / RECORD; i++)
			require(e[i].rule == rule);
		count += got / RECORD;
	}
	require(errno == EAGAIN);
	return count;
}

// More events than there are places, and nobody reads: each one is read, lost or dropped.
static void overflow(char **arguments)
{
	struct watched w = watch();
	int other = make_nonblocking(open_device());
	struct tessera_events before = get_events(w.fd), after;
	uint64_t places = before.ring / RECORD - 1, written = 3 * places, got;

	(void)arguments;
	make_nonblocking(w.fd);
	// After a while without sleepers the driver comes by rarely.
	sleep_ms(1500);
	for (uint64_t i = 0; i < written; i++)
		store(w.word, i);
	got = drain(w.fd, w.rule);
	after = get_events(w.fd);
	printf("%llu stores: %llu read, %llu lost, %llu dropped\n", (unsigned long long)written,
	       (unsigned long long)got, (unsigned long long)after.missed,
	       (unsigned long long)after.dropped);
	require(after.dropped > 0 && got > 0);
	require(got + after.missed + after.dropped == written);
	require(after.next - before.next + after.dropped == written);

	got = drain(other, w.rule);
	after = get_events(other);
	require(got + after.missed + after.dropped == written);
	// There is room again.
	store(w.word, 1);
	require(drain(w.fd, w.rule) == 1 && drain(other, w.rule) == 1);
	close(other);
	unwatch(&w);
}

// A reader that falls behind one that does not loses the oldest, and nothing is dropped.
static void slow(char **arguments)
{
	struct watched w = watch();
	int other = make_nonblocking(open_device());
	uint64_t places = get_events(w.fd).ring / RECORD - 1, got = 0, written = 2 * places;
	struct tessera_events after;

	(void)arguments;
	make_nonblocking(w.fd);
	for (uint64_t i = 0; i < written; i++) {
		store(w.word, i);
		if (i % CHUNK == 0)
			got += drain(w.fd, w.rule);
	}
	got += drain(w.fd, w.rule);
	require(got == written);
	after = get_events(w.fd);
	require(!after.missed && !after.dropped);
	got = drain(other, w.rule);
	after = get_events(other);
	require(after.missed > 0 && got + after.missed == written && !after.dropped);
	close(other);
	unwatch(&w);
}

// Stores without pause on whatever CPU there is, for so many milliseconds, while a reader
// keeps up: none is missed and none comes twice.
static void flow(char **arguments)
{
	struct watched w = watch();
	struct tessera_event e[CHUNK];
	uint64_t end = now_ms() + number(arguments[0]), written = 0, expected = 1;
	ssize_t got;

	make_nonblocking(w.fd);
	while (now_ms() < end) {
		for (unsigned int i = 0; i < CHUNK; i++)
			store(w.word, ++written);
		while ((got = read(w.fd, e, sizeof(e))) > 0)
			for (ssize_t i = 0; i < got / RECORD; i++)
				require(e[i].after == expected++);
		require(errno == EAGAIN);
	}
	require(expected == written + 1 && !get_events(w.fd).missed && !get_events(w.fd).dropped);
	printf("%llu events\n", (unsigned long long)written);
	unwatch(&w);
}

const struct command events_commands[] = {
	{ "records", "", records }, { "sleepers", "", sleepers }, { "overflow", "", overflow },
	{ "slow", "", slow },       { "flow", "MS", flow },       { 0 },
};
