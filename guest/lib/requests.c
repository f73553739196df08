// SPDX-License-Identifier: MIT
// The requests (ioctls) to the driver.
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "system.h"
#include "tessera.h"

int tessera_open(void)
{
	return tessera_system.open(tessera_path(TESSERA_DEVICE).text,
				   O_RDWR | O_CLOEXEC | O_NONBLOCK);
}

void tessera_close(int fd)
{
	tessera_system.close(fd);
}

int tessera_get_info(int fd, struct tessera_info *info)
{
	return tessera_system.control(fd, TESSERA_IOC_INFO, info);
}

int tessera_query_number(int fd, uint32_t what, uint64_t *value)
{
	struct tessera_number_query query = { .what = what };
	int result = tessera_system.control(fd, TESSERA_IOC_QUERY, &query);

	*value = query.value;
	return result;
}

int tessera_get_statistics(int fd, struct tessera_statistics *statistics)
{
	return tessera_system.control(fd, TESSERA_IOC_STATISTICS, statistics);
}

int tessera_read_log(int fd, uint32_t log, uint64_t sequence, struct tessera_log_line *lines)
{
	struct tessera_log_request request = { .sequence = sequence,
					       .log = log,
					       .lines = TESSERA_LOG_MAX };

	if (tessera_system.control(fd, TESSERA_IOC_LOG, &request) < 0)
		return -1;
	if (request.lines > TESSERA_LOG_MAX) {
		errno = EPROTO;
		return -1;
	}
	memcpy(lines, request.line, request.lines * sizeof(*lines));
	return (int)request.lines;
}

int tessera_guard(int fd, struct tessera_guard *guard)
{
	return tessera_system.control(fd, TESSERA_IOC_GUARD, guard);
}

int tessera_unguard(int fd, uint32_t number)
{
	struct tessera_guard guard = { .number = number };

	return tessera_system.control(fd, TESSERA_IOC_UNGUARD, &guard);
}

int tessera_next_guard(int fd, struct tessera_guard *guard)
{
	return tessera_system.control(fd, TESSERA_IOC_GUARD_GET, guard);
}

int tessera_get_region(int fd, uint64_t index, struct tessera_region *region)
{
	struct tessera_region_query query = { .index = index };
	int result = tessera_system.control(fd, TESSERA_IOC_REGION_GET, &query);

	*region = query.region;
	return result;
}

int tessera_get_rule(int fd, uint32_t number, struct tessera_rule *rule)
{
	*rule = (struct tessera_rule){ .number = number };
	return tessera_system.control(fd, TESSERA_IOC_RULE_GET, rule);
}

int tessera_create_rule(int fd, struct tessera_rule *rule)
{
	return tessera_system.control(fd, TESSERA_IOC_RULE_CREATE, rule);
}

int tessera_delete_rule(int fd, uint32_t number)
{
	struct tessera_rule rule = { .number = number };

	return tessera_system.control(fd, TESSERA_IOC_RULE_DELETE, &rule);
}

int tessera_find_rule(int fd, const char *name, struct tessera_rule *rule)
{
	int number = 0;

	do {
		number = tessera_get_rule(fd, number, rule);
		if (number >= 0 && strncmp(rule->name, name, sizeof(rule->name)) == 0)
			return 0;
	} while (number > 0);
	if (number == 0)
		errno = ENOENT;
	return -1;
}

int tessera_seal(int fd, uint32_t number)
{
	struct tessera_rule rule = { .number = number };

	return tessera_system.control(fd, TESSERA_IOC_SEAL, &rule);
}

int tessera_lockdown(int fd)
{
	return tessera_system.control(fd, TESSERA_IOC_LOCKDOWN, NULL);
}

int tessera_claim(int fd)
{
	return tessera_system.control(fd, TESSERA_IOC_CLAIM, NULL);
}

int tessera_release(int fd)
{
	return tessera_system.control(fd, TESSERA_IOC_RELEASE, NULL);
}
