// SPDX-License-Identifier: MIT
// install and remove: puts the loader on the EFI system partition, beside the installed system, and
// takes it away again.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/system.h"
#include "tools/attempts.h"
#include "tools/bootentry.h"
#include "tools/esp.h"
#include "tools/file.h"
#include "tools/install_record.h"
#include "tools/run.h"
#include "tools/messages.h"

#define DEFAULT_LOADER "/usr/lib/tessera/BOOTX64.EFI"
#define DEFAULT_CONFIG "/usr/lib/tessera/tessera.conf"

// The paths of folders and files on the partition.
struct places {
	struct tessera_path efi, folder, loader, config;
};

static struct places places_on(const char *esp)
{
	return (struct places){
		.efi = tessera_path("%s/EFI", esp),
		.folder = tessera_path("%s/EFI/tessera", esp),
		.loader = tessera_path("%s/EFI/tessera/tessera.efi", esp),
		.config = tessera_path("%s/EFI/tessera/tessera.conf", esp),
	};
}

struct contents {
	char *data; // NULL: there is no such file
	size_t size;
};

struct installation {
	struct esp esp;
	struct places at;
	struct installed record;
	bool again;                  // tesseractl has installed it before
	char boot[BOOT_NUMBER_SIZE]; // number of the boot entry
	struct contents loader, config, before;
};

// UEFI programs are PE files, which begin with "MZ".
static bool load_files(struct installation *in, const char *loader, const char *config)
{
	in->loader.data = file_read(loader, &in->loader.size);
	if (!in->loader.data) {
		report_failure(loader);
		return false;
	}
	if (in->loader.size < 2 || memcmp(in->loader.data, "MZ", 2) != 0) {
		report_error("%s is not a UEFI program: give the path of BOOTX64.EFI", loader);
		return false;
	}
	in->config.data = file_read(config, &in->config.size);
	if (!in->config.data)
		report_failure(config);
	return in->config.data;
}

// True if the folder exists afterwards; *made tells whether it was created here.
static bool make_folder(const char *path, bool *made)
{
	*made = mkdir(path, 0755) == 0;
	return *made || errno == EEXIST;
}

static bool copy_files(struct installation *in)
{
	bool made;

	if (!make_folder(in->at.efi.text, &made)) {
		report_failure(in->at.efi.text);
		return false;
	}
	in->record.folder |= made;
	if (!make_folder(in->at.folder.text, &made)) {
		report_failure(in->at.folder.text);
		return false;
	}
	in->record.config |= access(in->at.config.text, F_OK) != 0;
	// The record is written before the files, so that `remove` works after a crash too.
	if (!install_record_write(&in->record)) {
		report_failure("/var/lib/tessera/installed");
		return false;
	}
	if (!file_write(in->at.loader.text, in->loader.data, in->loader.size)) {
		report_failure(in->at.loader.text);
		return false;
	}
	if (access(in->at.config.text, F_OK) == 0)
		return true;
	if (file_write(in->at.config.text, in->config.data, in->config.size))
		return true;
	report_failure(in->at.config.text);
	return false;
}

static bool make_boot_entry(struct installation *in)
{
	return bootentry_find(in->boot) && (*in->boot || bootentry_make(&in->esp, in->boot));
}

// Deletes the files that tesseractl created, according to `record`.
static bool delete_files(const struct places *at, const struct installed *record)
{
	if (unlink(at->loader.text) && errno != ENOENT) {
		report_failure(at->loader.text);
		return false;
	}
	if (record->config && unlink(at->config.text) && errno != ENOENT) {
		report_failure(at->config.text);
		return false;
	}
	rmdir(at->folder.text); // fails, as it should, if somebody else put files there
	if (record->folder)
		rmdir(at->efi.text);
	return true;
}

static void undo_install(const struct installation *in)
{
	if (in->again && in->before.data) {
		file_write(in->at.loader.text, in->before.data, in->before.size);
	} else if (!in->again) {
		delete_files(&in->at, &in->record);
		install_record_delete();
	}
	report_error("install: all changes were undone");
}

static bool check_earlier_install(const struct installation *in)
{
	if (in->again && strcmp(in->record.esp, in->esp.folder) != 0)
		report_error("the loader is already installed on %s: run `tesseractl remove` first",
			     in->record.esp);
	else if (!in->again && in->before.data)
		report_error("%s exists but was not installed by tesseractl: run `tessera.efi "
			     "remove` in "
			     "the UEFI shell, or delete the file",
			     in->at.loader.text);
	else
		return true;
	return false;
}

static int install_loader(struct installation *in)
{
	in->at = places_on(in->esp.folder);
	in->again = install_record_read(&in->record);
	in->before.data = file_read(in->at.loader.text, &in->before.size);
	if (!check_earlier_install(in))
		return REFUSED;
	snprintf(in->record.esp, sizeof(in->record.esp), "%s", in->esp.folder);
	if (!copy_files(in) || !make_boot_entry(in)) {
		undo_install(in);
		return REFUSED;
	}
	printf("installed in %s; the boot entry Boot%s starts it\n", in->at.folder.text, in->boot);
	printf("settings: %s; to undo the installation: tesseractl remove\n", in->at.config.text);
	return DONE;
}

int run_install(int fd, const struct options *o)
{
	struct tessera_path loader = tessera_path(DEFAULT_LOADER);
	struct tessera_path config = tessera_path(DEFAULT_CONFIG);
	const struct value *given_loader = &o->of[OPTION_loader];
	const struct value *given_config = &o->of[OPTION_config];
	struct installation in = { 0 };
	int status = REFUSED;

	(void)fd;
	// Reads the boot entries first: if efibootmgr does not work, nothing is changed.
	if (esp_find(&in.esp, o->of[OPTION_esp].text) &&
	    load_files(&in, given_loader->given ? given_loader->text : loader.text,
		       given_config->given ? given_config->text : config.text) &&
	    bootentry_find(in.boot))
		status = install_loader(&in);
	free(in.loader.data);
	free(in.config.data);
	free(in.before.data);
	return status;
}

int run_remove(int fd, const struct options *o)
{
	char number[BOOT_NUMBER_SIZE];
	struct installed record;
	unsigned int starts;
	struct places at;

	(void)fd;
	(void)o;
	if (!install_record_read(&record)) {
		report_error(
			"remove: tesseractl has installed nothing on this machine; if the loader "
			"installed itself, run `tessera.efi remove` in the UEFI shell");
		return REFUSED;
	}
	at = places_on(record.esp);
	if (!bootentry_find(number) || (*number && !bootentry_delete(number)))
		return REFUSED;
	if (!delete_files(&at, &record))
		return REFUSED;
	install_record_delete();
	attempts_forget(&starts); // a later installation starts to count anew
	printf("removed from %s%s%s\n", at.efi.text, *number ? "; deleted the boot entry Boot" : "",
	       number);
	return DONE;
}
