// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "tests/host/tools/fake.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/system.h"
#include "tools/run.h"

#define WORDS_MAX 32

struct fake fake;

static struct tessera_system saved;
static char root[64];

static int fail_with(int error)
{
	errno = error;
	return -1;
}

static int fake_open(const char *path, int flags)
{
	(void)flags;
	assert_string_equal(path, fake_path(TESSERA_DEVICE));
	if (fake.open_error)
		return fail_with(fake.open_error);
	fake.open = true;
	fake.position = fake.event_count;
	return FAKE_FD;
}

static int fake_close(int fd)
{
	assert_int_equal(fd, FAKE_FD);
	assert_true(fake.open);
	fake.open = false;
	return 0;
}

static int get_info(void *argument)
{
	*(struct tessera_info *)argument = (struct tessera_info){
		.abi = TESSERA_ABI_VERSION,
		.features = TESSERA_FEATURE_STEP,
		.engine = TESSERA_ENGINE_HARDWARE,
		.cpus = 4,
		.regions = fake.guard_count,
		.blocked = 77,
		.free_pages = 100,
		.shootdowns = 5,
		.guards = fake.guard_count,
		.state = (fake.other_holds_key ? 0 : TESSERA_DRIVER_KEY_HOLDER) |
			 TESSERA_DRIVER_EVENTS,
		.held = 3,
	};
	return 0;
}

static int guard_create(void *argument)
{
	struct tessera_guard *g = argument;

	if (fake.guard_count == FAKE_MAX || (fake.fail_after && !--fake.fail_after))
		return fail_with(ENOSPC);
	for (unsigned int i = 0; i < fake.guard_count; i++)
		if (fake.guards[i].rule == g->rule && fake.guards[i].start == g->start)
			return fail_with(EEXIST);
	g->number = ++fake.last_guard;
	g->held = 1;
	fake.guards[fake.guard_count++] = *g;
	if (fake.on_guard)
		fake.on_guard(g);
	return 0;
}

static int guard_delete(void *argument)
{
	const struct tessera_guard *g = argument;

	for (unsigned int i = 0; i < fake.guard_count; i++) {
		if (fake.guards[i].number != g->number)
			continue;
		for (unsigned int r = 0; r < fake.rule_count; r++)
			if (fake.rules[r].number == fake.guards[i].rule &&
			    fake.rules[r].flags & TESSERA_RULE_SEALED)
				return fail_with(EPERM);
		memmove(&fake.guards[i], &fake.guards[i + 1],
			(--fake.guard_count - i) * sizeof(fake.guards[0]));
		return 0;
	}
	return fail_with(ENOENT);
}

static int guard_get(void *argument)
{
	struct tessera_guard *g = argument;

	for (unsigned int i = 0; i < fake.guard_count; i++) {
		if (fake.guards[i].number >= g->number) {
			*g = fake.guards[i];
			return 0;
		}
	}
	return fail_with(ENOENT);
}

static int rule_create(void *argument)
{
	struct tessera_rule *r = argument;

	if (fake.rule_count == FAKE_MAX)
		return fail_with(ENOSPC);
	r->number = fake.rules[fake.rule_count - 1].number + 1;
	fake.rules[fake.rule_count++] = *r;
	return 0;
}

static struct tessera_rule *find_rule(uint32_t number)
{
	for (unsigned int i = 0; i < fake.rule_count; i++)
		if (fake.rules[i].number == number)
			return &fake.rules[i];
	return NULL;
}

static int rule_delete(void *argument)
{
	const struct tessera_rule *wanted = argument;
	struct tessera_rule *r = find_rule(wanted->number);

	if (!r)
		return fail_with(ENOENT);
	memmove(r, r + 1, (size_t)(&fake.rules[--fake.rule_count] - r) * sizeof(*r));
	return 0;
}

static int rule_get(void *argument)
{
	struct tessera_rule *wanted = argument, *r = find_rule(wanted->number);

	if (!r)
		return fail_with(ENOENT);
	*wanted = *r;
	return r + 1 < &fake.rules[fake.rule_count] ? (int)r[1].number : 0;
}

static int region_get(void *argument)
{
	struct tessera_region_query *q = argument;

	if (q->index >= fake.guard_count)
		return fail_with(ENOENT);
	q->region = (struct tessera_region){ .gpa = fake.guards[q->index].start & 0xffffff,
					     .length = fake.guards[q->index].length,
					     .rule = fake.guards[q->index].rule };
	return 0;
}

static int seal_rule(void *argument)
{
	const struct tessera_rule *wanted = argument;
	struct tessera_rule *r = find_rule(wanted->number);

	if (wanted->number == TESSERA_WHOLE_POLICY)
		fake.sealed = true;
	else if (!r)
		return fail_with(ENOENT);
	else
		r->flags |= TESSERA_RULE_SEALED;
	return 0;
}

// Each number is its place in the struct; two reasons of VM exits were
// seen.
static int get_statistics(void *argument)
{
	struct tessera_statistics *s = argument;
	uint64_t *numbers = &s->tsc;

	memset(s, 0, sizeof(*s));
	for (size_t i = 0; i < (sizeof(*s) - sizeof(s->exits)) / sizeof(*numbers); i++)
		numbers[i] = 1000 + i;
	s->exits[10] = 5;
	s->exits[48] = 6;
	return 0;
}

// 20 lines in the current log, which is more than one request holds, and one in the previous.
static int read_log(void *argument)
{
	struct tessera_log_request *r = argument;
	uint64_t last = r->log == TESSERA_LOG_CURRENT ? 20 : 1;
	uint32_t most = r->lines;

	assert_true(most && most <= TESSERA_LOG_MAX);
	for (r->lines = 0; r->lines < most && r->sequence <= last; r->lines++) {
		struct tessera_log_line *l = &r->line[r->lines];

		*l = (struct tessera_log_line){ .tsc = 1002 + r->sequence * 500,
						.sequence = r->sequence,
						.cpu = 2,
						.level = 1,
						.ready = 1 };
		snprintf(l->text, sizeof(l->text), "line %u of log %u", (unsigned int)r->sequence++,
			 r->log);
	}
	return 0;
}

static int events_state(void *argument)
{
	memcpy(argument, &fake.stream, sizeof(fake.stream));
	return 0;
}

static int lock_down(void *argument)
{
	assert_null(argument);
	fake.locked = true;
	return 0;
}

static int (*const requests[])(void *argument) = {
	[_IOC_NR(TESSERA_IOC_INFO)] = get_info,
	[_IOC_NR(TESSERA_IOC_GUARD)] = guard_create,
	[_IOC_NR(TESSERA_IOC_UNGUARD)] = guard_delete,
	[_IOC_NR(TESSERA_IOC_GUARD_GET)] = guard_get,
	[_IOC_NR(TESSERA_IOC_RULE_CREATE)] = rule_create,
	[_IOC_NR(TESSERA_IOC_RULE_DELETE)] = rule_delete,
	[_IOC_NR(TESSERA_IOC_RULE_GET)] = rule_get,
	[_IOC_NR(TESSERA_IOC_REGION_GET)] = region_get,
	[_IOC_NR(TESSERA_IOC_SEAL)] = seal_rule,
	[_IOC_NR(TESSERA_IOC_STATISTICS)] = get_statistics,
	[_IOC_NR(TESSERA_IOC_LOG)] = read_log,
	[_IOC_NR(TESSERA_IOC_EVENTS)] = events_state,
	[_IOC_NR(TESSERA_IOC_LOCKDOWN)] = lock_down,
};

// The requests that reach the hypervisor's policy: it refuses them in lockdown and without its key.
static bool needs_key(unsigned int number)
{
	return number != _IOC_NR(TESSERA_IOC_INFO) && number != _IOC_NR(TESSERA_IOC_GUARD_GET) &&
	       number != _IOC_NR(TESSERA_IOC_EVENTS);
}

static int fake_control(int fd, unsigned long request, void *argument)
{
	unsigned int number = _IOC_NR(request);

	assert_int_equal(fd, FAKE_FD);
	assert_true(number < sizeof(requests) / sizeof(requests[0]) && requests[number]);
	if (fake.error[number])
		return fail_with(fake.error[number]);
	if ((fake.locked || fake.other_holds_key) && needs_key(number))
		return fail_with(EACCES);
	return requests[number](argument);
}

static ssize_t fake_read_events(int fd, void *to, size_t size)
{
	size_t count = size / sizeof(struct tessera_event), left = fake.event_count - fake.position;

	assert_int_equal(fd, FAKE_FD);
	if (fake.read_error)
		return fail_with(fake.read_error);
	if (!left)
		return fail_with(EAGAIN);
	count = count < left ? count : left;
	memcpy(to, &fake.events[fake.position], count * sizeof(struct tessera_event));
	fake.position += (unsigned int)count;
	return (ssize_t)(count * sizeof(struct tessera_event));
}

static off_t fake_seek(int fd, off_t offset, int whence)
{
	assert_int_equal(fd, FAKE_FD);
	assert_int_equal(offset, 0);
	assert_int_equal(whence, SEEK_DATA);
	fake.position = 0;
	return 0;
}

// Nothing comes that is not there: a wait ends at once, and one for ever by a broken device.
static int fake_poll(struct pollfd *fds, nfds_t count, int milliseconds)
{
	assert_int_equal(fds->fd, FAKE_FD);
	assert_int_equal(count, 1);
	if (milliseconds < 0)
		return fail_with(EIO);
	return 0;
}

int fake_setup(void **state)
{
	static const struct tessera_system system = { root,         fake_open,        fake_close,
						      fake_control, fake_read_events, fake_seek,
						      fake_poll };

	(void)state;
	saved = tessera_system;
	fake = (struct fake){
		.rules = { { .action = TESSERA_ACTION_DENY,
			     .flags = TESSERA_RULE_BUILTIN,
			     .name = "deny" },
			   { .number = 1,
			     .action = TESSERA_ACTION_DENY,
			     .flags = TESSERA_RULE_BUILTIN,
			     .name = "access" } },
		.rule_count = 2,
	};
	snprintf(root, sizeof(root), "/tmp/tesseractl-test-XXXXXX");
	if (!mkdtemp(root))
		return -1;
	tessera_system = system;
	return 0;
}

int fake_teardown(void **state)
{
	char command[128];

	(void)state;
	tessera_system = saved;
	snprintf(command, sizeof(command), "rm -rf '%s'", root);
	return fake.open || system(command) ? -1 : 0;
}

const char *fake_path(const char *path)
{
	static char texts[4][512];
	static unsigned int turn;
	char *text = texts[turn++ % 4];

	snprintf(text, sizeof(texts[0]), "%s%s", root, path);
	return text;
}

void fake_file(const char *path, const void *data, size_t size)
{
	char *text = strdup(fake_path(path));
	FILE *file;

	for (char *at = strchr(text + strlen(root) + 1, '/'); at; at = strchr(at + 1, '/')) {
		*at = 0;
		mkdir(text, 0755);
		*at = '/';
	}
	file = fopen(text, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, size, file), size);
	fclose(file);
	free(text);
}

void fake_text(const char *path, const char *text)
{
	fake_file(path, text, strlen(text));
}

bool fake_exists(const char *path)
{
	return access(fake_path(path), F_OK) == 0;
}

unsigned int fake_count(const char *path)
{
	DIR *folder = opendir(fake_path(path));
	struct dirent *entry;
	unsigned int count = 0;

	assert_non_null(folder);
	while ((entry = readdir(folder)))
		count += entry->d_type != DT_DIR;
	closedir(folder);
	return count;
}

mode_t fake_umask(void)
{
	mode_t mask = umask(0);

	umask(mask);
	return mask;
}

char *fake_read(const char *path)
{
	static char text[65536];
	FILE *file = fopen(fake_path(path), "r");

	assert_non_null(file);
	text[fread(text, 1, sizeof(text) - 1, file)] = 0;
	fclose(file);
	return text;
}

// Turns a stream into a file in memory and returns what it was.
static int divert_stream(FILE *stream, int *memory)
{
	int before = dup(fileno(stream));

	fflush(stream);
	*memory = memfd_create("said", 0);
	dup2(*memory, fileno(stream));
	return before;
}

static void restore_stream(FILE *stream, int before, int memory, char *text, size_t size)
{
	ssize_t got;

	fflush(stream);
	dup2(before, fileno(stream));
	close(before);
	got = pread(memory, text, size - 1, 0);
	text[got > 0 ? got : 0] = 0;
	close(memory);
}

const struct outcome *run_tool(const char *words)
{
	static struct outcome o;
	char line[1024], *argv[WORDS_MAX] = { "tesseractl" }, *rest;
	int argc = 1, out, err, before_out, before_err;

	snprintf(line, sizeof(line), "%s", words);
	for (char *word = strtok_r(line, " ", &rest); word && argc < WORDS_MAX - 1;
	     word = strtok_r(NULL, " ", &rest))
		argv[argc++] = word;
	before_out = divert_stream(stdout, &out);
	before_err = divert_stream(stderr, &err);
	o.status = tesseractl_main(argc, argv);
	restore_stream(stdout, before_out, out, o.out, sizeof(o.out));
	restore_stream(stderr, before_err, err, o.err, sizeof(o.err));
	assert_false(fake.open);
	return &o;
}

const struct outcome *succeeds(const char *words)
{
	const struct outcome *o = run_tool(words);

	if (o->status != DONE || *o->err)
		print_error("%s: %d: %s%s\n", words, o->status, o->out, o->err);
	assert_int_equal(o->status, DONE);
	assert_string_equal(o->err, "");
	return o;
}

void fails(const char *words, int status, const char *why)
{
	const struct outcome *o = run_tool(words);

	if (o->status != status || !strstr(o->err, why))
		print_error("%s: %d: %s\n", words, o->status, o->err);
	assert_int_equal(o->status, status);
	assert_says(o->err, why);
}
