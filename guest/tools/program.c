// SPDX-License-Identifier: MIT
#define _GNU_SOURCE // environ, pipe2
#include "tools/program.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tools/messages.h"

static int spawn_program(const char *const *words, int out, pid_t *child)
{
	posix_spawn_file_actions_t actions;
	int error;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&actions, out, STDERR_FILENO);
	error = posix_spawnp(child, words[0], &actions, NULL, (char *const *)words, environ);
	posix_spawn_file_actions_destroy(&actions);
	return error;
}

// Reads everything, so that the program does not block, and keeps what fits.
static void collect_output(int from, char *output, size_t size)
{
	char rest[512];
	size_t length = 0;
	ssize_t got;

	do {
		bool fits = length + 1 < size;

		got = fits ? read(from, output + length, size - 1 - length)
			   : read(from, rest, sizeof(rest));
		if (got > 0 && fits)
			length += (size_t)got;
	} while (got > 0 || (got < 0 && errno == EINTR));
	output[length] = 0;
}

static bool program_succeeded(const char *name, pid_t child, const char *output)
{
	int status = 0;

	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return true;
	report_error("%s failed: %s", name, *output ? output : "it printed no reason");
	return false;
}

bool program_run(const char *const *words, char *output, size_t size)
{
	int pipe_ends[2], error;
	pid_t child;

	output[0] = 0;
	if (pipe2(pipe_ends, O_CLOEXEC)) {
		report_failure(words[0]);
		return false;
	}
	error = spawn_program(words, pipe_ends[1], &child);
	close(pipe_ends[1]);
	if (!error)
		collect_output(pipe_ends[0], output, size);
	close(pipe_ends[0]);
	if (error == ENOENT)
		report_error("%s is not installed: apt install %s", words[0], words[0]);
	else if (error)
		report_error("%s: %s", words[0], strerror(error));
	return !error && program_succeeded(words[0], child, output);
}
