// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "tools/machine.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "hv/x86/cpuid.h"
#include "lib/system.h"
#include "tessera/call.h"

static bool tessera_is_below(void)
{
	return tessera_present();
}

static struct cpuid read_cpuid(u32 leaf)
{
	return cpuid(leaf, 0);
}

static bool read_msr(u32 cpu, u32 msr, u64 *value)
{
	int fd = open(tessera_path("/dev/cpu/%u/msr", cpu).text, O_RDONLY | O_CLOEXEC);
	bool good = fd >= 0 && pread(fd, value, sizeof(*value), msr) == sizeof(*value);

	if (fd >= 0)
		close(fd);
	return good;
}

struct machine machine = { tessera_is_below, { read_cpuid, read_msr } };

u32 machine_facts(struct facts *facts, u32 max, bool *sure)
{
	long online = sysconf(_SC_NPROCESSORS_ONLN);
	u32 count = online < 1 ? 1 : (u32)MIN((u64)online, (u64)max);

	memset(facts, 0, count * sizeof(*facts));
	*sure = true;
	for (u32 cpu = 0; cpu < count; cpu++)
		*sure &= check_collect(&facts[cpu], cpu, &machine.reader);
	return count;
}
