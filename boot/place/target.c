// SPDX-License-Identifier: MIT
#include <efi.h>
#include <efilib.h>

#include "boot/config/text.h"
#include "boot/efi/say.h"
#include "boot/place/target.h"

#define NAME_SIZE 160

// Only a partition can be named in a boot entry that outlives a change of ports.
static bool comes_into_question(EFI_HANDLE volume)
{
	const struct path_node *path = volume_path(volume);

	return path && path_disk(path) && volume_has(volume, L"\\EFI");
}

// Keeps only the suitable volumes.
static void keep_candidates(struct volumes *v)
{
	UINTN kept = 0;

	for (UINTN i = 0; i < v->count; i++)
		if (comes_into_question(v->handle[i]))
			v->handle[kept++] = v->handle[i];
	v->count = kept;
}

static void list_volumes(const struct volumes *v, const struct self *self)
{
	char name[NAME_SIZE];

	say(v->count ? "install: choose a volume with install NUMBER:"
		     : "install: no partition has an \\EFI folder");
	for (UINTN i = 0; i < v->count; i++) {
		CHAR16 *path = DevicePathToStr((void *)volume_path(v->handle[i]));

		say("  %lu  %s%s", i + 1, path ? say_text(name, sizeof(name), path) : "?",
		    v->handle[i] == self->volume ? " (this one)" : "");
		if (path)
			FreePool(path);
	}
}

// Our own volume is the first in the list, if it is suitable.
static EFI_HANDLE pick_volume(const struct volumes *v, const struct self *self, const char *choice)
{
	UINTN own = v->count && v->handle[0] == self->volume;
	u64 number;

	if (slice_number(slice_of(choice), &number))
		return number >= 1 && number <= v->count ? v->handle[number - 1] : NULL;
	if (*choice || v->count > own + 1 || !v->count)
		return NULL;
	return v->handle[v->count - 1];
}

EFI_HANDLE target_choose(const struct self *self, const char *choice)
{
	struct volumes v;
	EFI_HANDLE chosen;

	volumes_wake();
	v = volumes_list(self->volume);
	keep_candidates(&v);
	chosen = pick_volume(&v, self, choice);
	if (!chosen)
		list_volumes(&v, self);
	volumes_free(&v);
	return chosen;
}
