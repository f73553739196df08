// SPDX-License-Identifier: MIT
#include <efi.h>
#include <efilib.h>

#include "boot/config/config.h"
#include "boot/efi/boot_entry.h"
#include "boot/efi/say.h"
#include "boot/efi/store.h"
#include "boot/place/attempts.h"
#include "boot/place/install.h"
#include "boot/place/memory.h"
#include "boot/place/target.h"

#define ROOT_FOLDER L"\\EFI"
#define FOLDER      L"\\EFI\\tessera"
#define LOADER_FILE L"\\EFI\\tessera\\tessera.efi"
#define CONFIG_FILE L"\\EFI\\tessera\\tessera.conf"

#define LOADER_MAX  (16 << 20)
#define SAMPLE_SIZE 8192

static EFI_STATUS store_sample(EFI_HANDLE volume)
{
	static char sample[SAMPLE_SIZE];
	u32 size = config_sample(sample, sizeof(sample));

	return store_file(volume, CONFIG_FILE, sample, MIN(size, SAMPLE_SIZE - 1));
}

// What install finds on the target, so that it can restore it.
struct before {
	void *loader; // NULL = none
	UINTN loader_size;
	bool config;
};

static struct before look_at_volume(EFI_HANDLE volume)
{
	struct before before = { .config = volume_has(volume, CONFIG_FILE) };

	before.loader = volume_read(volume, LOADER_FILE, LOADER_MAX, &before.loader_size, NULL);
	return before;
}

static void put_back(EFI_HANDLE volume, const struct before *before)
{
	if (!before->config)
		store_delete(volume, CONFIG_FILE);
	if (before->loader)
		store_file(volume, LOADER_FILE, before->loader, before->loader_size);
	else
		store_delete(volume, LOADER_FILE);
	store_delete(volume, FOLDER); // only succeeds if it is empty
}

static EFI_STATUS copy_files(EFI_HANDLE volume, const void *loader, UINTN size, bool config)
{
	EFI_STATUS status = store_folder(volume, ROOT_FOLDER);

	if (!EFI_ERROR(status))
		status = store_folder(volume, FOLDER);
	if (!EFI_ERROR(status))
		status = store_file(volume, LOADER_FILE, loader, size);
	if (!EFI_ERROR(status) && config)
		status = store_sample(volume);
	return status;
}

static EFI_STATUS install_on(EFI_HANDLE volume, const void *loader, UINTN size)
{
	struct before before = look_at_volume(volume);
	EFI_STATUS status = copy_files(volume, loader, size, !before.config);
	u16 number;

	if (EFI_ERROR(status)) {
		say("install: cannot write the files: %s", say_status(status));
	} else {
		status = entry_add(volume, LOADER_FILE, &number);
		if (EFI_ERROR(status))
			say("install: cannot create a boot entry: %s", say_status(status));
		else
			say("installed in \\EFI\\tessera; Boot%04x starts it first", number);
	}
	if (EFI_ERROR(status))
		put_back(volume, &before);
	if (before.loader)
		FreePool(before.loader);
	return status;
}

EFI_STATUS install(const struct self *self, const char *choice)
{
	EFI_HANDLE volume = target_choose(self, choice);
	UINTN size;
	EFI_STATUS status;
	void *loader;

	if (!volume)
		return EFI_INVALID_PARAMETER;
	loader = volume_read(self->volume, (const CHAR16 *)self->file, LOADER_MAX, &size, &status);
	if (!loader) {
		say("install: cannot read this program: %s", say_status(status));
		return status;
	}
	status = install_on(volume, loader, size);
	FreePool(loader);
	if (!EFI_ERROR(status))
		attempts_forget();
	return status;
}

static EFI_STATUS remove_from(EFI_HANDLE volume)
{
	EFI_STATUS status = store_delete(volume, LOADER_FILE);

	if (!EFI_ERROR(status))
		status = store_delete(volume, CONFIG_FILE);
	if (!EFI_ERROR(status))
		store_delete(volume, FOLDER); // stays if it has other files
	if (EFI_ERROR(status))
		say("remove: cannot delete \\EFI\\tessera: %s", say_status(status));
	return status;
}

EFI_STATUS install_undo(void)
{
	EFI_STATUS status = EFI_SUCCESS;
	u32 entries = entry_remove(LOADER_FILE), places = 0;
	struct volumes all;

	volumes_wake();
	all = volumes_list(NULL);
	for (UINTN i = 0; i < all.count; i++) {
		EFI_STATUS one;

		if (!volume_has(all.handle[i], LOADER_FILE))
			continue;
		one = remove_from(all.handle[i]);
		if (EFI_ERROR(one))
			status = one;
		else
			places++;
	}
	volumes_free(&all);
	attempts_forget();
	memory_forget();
	say("removed from %u volume%s and from %u boot entr%s", places, places == 1 ? "" : "s",
	    entries, entries == 1 ? "y" : "ies");
	return status;
}
