// SPDX-License-Identifier: MIT
// The address of a module's section, from /sys/module.
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "system.h"
#include "tessera.h"

static int read_address(const char *module, const char *section, uint64_t *address)
{
	struct tessera_path path = tessera_path("/sys/module/%s/sections/%s", module, section);
	FILE *file = fopen(path.text, "r");
	int read;

	if (!file)
		return -1;
	read = fscanf(file, "%" SCNx64, address);
	fclose(file);
	// The kernel shows zeros to those who may not see addresses.
	errno = EPERM;
	return read == 1 && *address ? 0 : -1;
}

static void keep_lowest(uint64_t *end, uint64_t start, uint64_t address)
{
	if (address > start && (*end == start || address < *end))
		*end = address;
}

// Lowers *end to the end of the module's memory in /proc/modules, if `start` lies in it.
static void end_of_module(const char *module, uint64_t start, uint64_t *end)
{
	FILE *list = tessera_file("/proc/modules", "r");
	char line[1024], name[64];
	uint64_t size, base;

	while (list && fgets(line, sizeof(line), list)) {
		const char *hex = strstr(line, " 0x");

		if (!hex || sscanf(line, "%63s %" SCNu64, name, &size) != 2)
			continue;
		if (strcmp(name, module) == 0 && sscanf(hex, " %" SCNx64, &base) == 1 &&
		    start - base < size)
			keep_lowest(end, start, base + size);
	}
	if (list)
		fclose(list);
}

static void end_of_section(const char *module, uint64_t start, uint64_t *end)
{
	DIR *folder = opendir(tessera_path("/sys/module/%s/sections", module).text);
	struct dirent *entry;
	uint64_t address;

	while (folder && (entry = readdir(folder)))
		if (entry->d_type != DT_DIR && read_address(module, entry->d_name, &address) == 0)
			keep_lowest(end, start, address);
	if (folder)
		closedir(folder);
}

int tessera_section(const char *module, const char *section, struct tessera_range *range)
{
	uint64_t end;

	*range = (struct tessera_range){ 0 };
	if (strchr(module, '/') || strchr(section, '/')) {
		errno = EINVAL;
		return -1;
	}
	if (read_address(module, section, &range->start))
		return -1;
	end = range->start;
	end_of_section(module, range->start, &end);
	end_of_module(module, range->start, &end);
	range->length = end - range->start;
	return 0;
}
