// SPDX-License-Identifier: MIT
#include <efi.h>
#include <efilib.h>

#include "boot/efi/pe.h"
#include "boot/efi/say.h"
#include "boot/efi/start.h"

#define LABEL_SIZE 120

static EFI_LOADED_IMAGE *loaded_image(EFI_HANDLE image)
{
	EFI_LOADED_IMAGE *loaded;

	if (EFI_ERROR(BS->HandleProtocol(image, &LoadedImageProtocol, (void **)&loaded)))
		return NULL;
	return loaded;
}

// A copy of this loader would find Tessera running and look for a loader again, in an endless loop.
static bool is_own_copy(const EFI_LOADED_IMAGE *loaded)
{
	return pe_has_section(loaded->ImageBase, loaded->ImageSize, PE_OWN_SECTION);
}

static void run_image(EFI_HANDLE image, EFI_LOADED_IMAGE *loaded, const struct program *program)
{
	EFI_STATUS status;

	loaded->LoadOptions = (void *)program->options;
	loaded->LoadOptionsSize = (u32)program->options_size;
	say("starting %s", program->label);
	status = BS->StartImage(image, NULL, NULL);
	say("%s returned: %s", program->label, say_status(status));
}

void start_program(const struct self *self, const struct program *program)
{
	EFI_HANDLE image = NULL;
	EFI_LOADED_IMAGE *loaded;
	EFI_STATUS status = BS->LoadImage(program->by_device, self->image, (void *)program->path,
					  NULL, 0, &image);

	if (EFI_ERROR(status)) {
		say("%s: %s", program->label, say_status(status));
		// Firmware loads an image even if its verification failed; it must be unloaded.
		if (status == EFI_SECURITY_VIOLATION)
			BS->UnloadImage(image);
		return;
	}
	loaded = loaded_image(image);
	if (!loaded || is_own_copy(loaded)) {
		BS->UnloadImage(image);
		return;
	}
	run_image(image, loaded, program);
}

static bool image_is_self(const struct self *self, EFI_HANDLE volume, const CHAR16 *file)
{
	return volume == self->volume && path_same_file((const u16 *)file, self->file);
}

bool start_file(const struct self *self, EFI_HANDLE volume, const CHAR16 *file)
{
	char label[LABEL_SIZE];
	EFI_DEVICE_PATH *path;

	if (image_is_self(self, volume, file) || !volume_has(volume, file))
		return false;
	path = FileDevicePath(volume, (CHAR16 *)file);
	if (!path)
		return false;
	start_program(self, &(struct program){ .label = say_text(label, sizeof(label), file),
					       .path = (const void *)path });
	FreePool(path);
	return true;
}
