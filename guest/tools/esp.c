// SPDX-License-Identifier: MIT
#define _GNU_SOURCE // basename that leaves its argument alone
#include "tools/esp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/system.h"
#include "tools/messages.h"

static const char *const usual[] = { "/boot/efi", "/efi", "/boot" };

struct mount {
	char device[32]; // major:minor
	char folder[256];
	char type[32];
};

// Parses one line of /proc/self/mountinfo; see proc(5).
static bool parse_mount(const char *line, struct mount *m)
{
	const char *type = strstr(line, " - ");

	return type && sscanf(line, "%*s %*s %31s %*s %255s", m->device, m->folder) == 2 &&
	       sscanf(type, " - %31s", m->type) == 1;
}

// Finds the mount of a folder. Of several mounts on one folder, the last one is visible.
static bool find_mount(const char *folder, struct mount *found)
{
	FILE *list = tessera_file("/proc/self/mountinfo", "r");
	struct mount m;
	char line[1024];
	bool any = false;

	while (list && fgets(line, sizeof(line), list)) {
		if (!parse_mount(line, &m) || strcmp(m.folder, folder) != 0)
			continue;
		*found = m;
		any = true;
	}
	if (list)
		fclose(list);
	return any && strcmp(found->type, "vfat") == 0;
}

// Finds the number of the partition and its disk, whose folder in sysfs contains the partition's.
static bool find_disk(const struct mount *m, struct esp *esp)
{
	struct tessera_path device = tessera_path("/sys/dev/block/%s", m->device);
	struct tessera_path number = tessera_path("/sys/dev/block/%s/partition", m->device);
	char link[512], *slash;
	ssize_t size = readlink(device.text, link, sizeof(link) - 1);
	FILE *file = fopen(number.text, "r");
	bool good = file && fscanf(file, "%11s", esp->part) == 1;

	if (file)
		fclose(file);
	if (!good || size <= 0)
		return false;
	link[size] = 0;
	slash = strrchr(link, '/');
	if (!slash)
		return false;
	*slash = 0;
	return snprintf(esp->disk, sizeof(esp->disk), "/dev/%s", basename(link)) <
	       (int)sizeof(esp->disk);
}

bool esp_find(struct esp *esp, const char *wanted)
{
	struct mount m;
	bool found = wanted && find_mount(wanted, &m);

	for (size_t i = 0; !wanted && !found && i < sizeof(usual) / sizeof(usual[0]); i++)
		found = find_mount(usual[i], &m);
	if (!found && wanted)
		report_error(
			"no FAT file system is mounted at %s: mount the EFI system partition there",
			wanted);
	else if (!found)
		report_error(
			"no EFI system partition is mounted at /boot/efi, /efi or /boot: mount "
			"it, or "
			"give --esp FOLDER");
	if (!found)
		return false;
	snprintf(esp->folder, sizeof(esp->folder), "%s", m.folder);
	if (find_disk(&m, esp))
		return true;
	report_error(
		"the file system at %s is not on a partition of a disk: firmware cannot start a "
		"loader from it",
		m.folder);
	return false;
}
