// SPDX-License-Identifier: MIT
#include "tools/install_record.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/system.h"
#include "tools/file.h"

#define FOLDER "/var/lib/tessera"
#define RECORD FOLDER "/installed"

static bool says_made(const char *word)
{
	return strcmp(word, "made") == 0;
}

bool install_record_read(struct installed *i)
{
	FILE *file = tessera_file(RECORD, "r");
	char name[32], value[256];

	*i = (struct installed){ 0 };
	while (file && fscanf(file, "%31s %255[^\n]", name, value) == 2) {
		if (strcmp(name, "esp") == 0)
			snprintf(i->esp, sizeof(i->esp), "%s", value);
		else if (strcmp(name, "config") == 0)
			i->config = says_made(value);
		else if (strcmp(name, "folder") == 0)
			i->folder = says_made(value);
	}
	if (file)
		fclose(file);
	return *i->esp;
}

bool install_record_write(const struct installed *i)
{
	struct new_file file = { 0 };

	mkdir(tessera_path(FOLDER).text, 0755);
	if (!file_begin(&file, tessera_path(RECORD).text))
		return false;
	fprintf(file.to, "esp %s\nconfig %s\nfolder %s\n", i->esp, i->config ? "made" : "found",
		i->folder ? "made" : "found");
	return file_commit(&file);
}

void install_record_delete(void)
{
	unlink(tessera_path(RECORD).text);
	rmdir(tessera_path(FOLDER).text); // fails, as it should, if the folder is not empty
}
