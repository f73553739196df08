// SPDX-License-Identifier: MIT
// The requests to the driver, and what their errors mean.
#include "tessera.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>

int tessera_open(void)
{
	return open(TESSERA_DEVICE, O_RDWR | O_CLOEXEC);
}

// clang-format off
static const struct {
	int error;
	const char *text;
} explanations[] = {
	{ ENOENT,        "not found: look with `tesseractl list`, `rules` and `regions`" },
	{ EEXIST,        "the same region or name is there already" },
	{ EPERM,         "be root; what is sealed stays until reset" },
	{ EACCES,        "be root; the policy may be locked down, or claimed by another" },
	{ EBUSY,         "in use: remove what uses it first" },
	{ ENOMEM,        "out of memory: if it is the hypervisor's, raise memory =" },
	{ ENXIO,         "there is no memory at this address" },
	{ EADDRNOTAVAIL, "free memory: whoever gets it next would fault" },
	{ EINVAL,        "a value is out of its range" },
	{ ENOSPC,        "too many: a fixed limit of the hypervisor is reached" },
	{ EOPNOTSUPP,    "the hypervisor or this processor cannot do that" },
};
// clang-format on

const char *tessera_explain(int error)
{
	for (size_t i = 0; i < sizeof(explanations) / sizeof(explanations[0]); i++)
		if (explanations[i].error == error)
			return explanations[i].text;
	return strerror(error);
}

int tessera_get_info(int fd, struct tessera_info *info)
{
	return ioctl(fd, TESSERA_IOC_INFO, info);
}

int tessera_guard(int fd, struct tessera_guard *guard)
{
	return ioctl(fd, TESSERA_IOC_GUARD, guard);
}

int tessera_unguard(int fd, uint32_t number)
{
	struct tessera_guard guard = { .number = number };

	return ioctl(fd, TESSERA_IOC_UNGUARD, &guard);
}

int tessera_next_guard(int fd, struct tessera_guard *guard)
{
	return ioctl(fd, TESSERA_IOC_GUARD_GET, guard);
}

int tessera_get_region(int fd, uint64_t index, struct tessera_region *region)
{
	struct tessera_region_query query = { .index = index };
	int result = ioctl(fd, TESSERA_IOC_REGION_GET, &query);

	*region = query.region;
	return result;
}

int tessera_get_rule(int fd, uint32_t number, struct tessera_rule *rule)
{
	*rule = (struct tessera_rule){ .number = number };
	return ioctl(fd, TESSERA_IOC_RULE_GET, rule);
}

int tessera_create_rule(int fd, struct tessera_rule *rule)
{
	return ioctl(fd, TESSERA_IOC_RULE_CREATE, rule);
}

int tessera_delete_rule(int fd, uint32_t number)
{
	struct tessera_rule rule = { .number = number };

	return ioctl(fd, TESSERA_IOC_RULE_DELETE, &rule);
}

int tessera_seal_rule(int fd, uint32_t number)
{
	struct tessera_rule rule = { .number = number };

	return ioctl(fd, TESSERA_IOC_SEAL, &rule);
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
