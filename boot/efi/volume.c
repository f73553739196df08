// SPDX-License-Identifier: MIT
#include <efi.h>
#include <efilib.h>

#include "boot/efi/volume.h"

struct self self_find(EFI_HANDLE image)
{
	struct self self = { .image = image };
	EFI_LOADED_IMAGE *loaded;

	if (EFI_ERROR(BS->HandleProtocol(image, &LoadedImageProtocol, (void **)&loaded)))
		return self;
	self.volume = loaded->DeviceHandle;
	self.options = loaded->LoadOptions;
	self.options_size = loaded->LoadOptions ? loaded->LoadOptionsSize : 0;
	if (!loaded->FilePath || !path_file((const void *)loaded->FilePath, self.file))
		self.file[0] = 0;
	return self;
}

struct volumes volumes_list(EFI_HANDLE first)
{
	struct volumes v = { 0 };

	if (EFI_ERROR(LibLocateHandle(ByProtocol, &FileSystemProtocol, NULL, &v.count, &v.handle)))
		return (struct volumes){ 0 };
	for (UINTN i = 0; i < v.count; i++) {
		if (v.handle[i] == first) {
			v.handle[i] = v.handle[0];
			v.handle[0] = first;
		}
	}
	return v;
}

void volumes_free(struct volumes *v)
{
	if (v->handle)
		FreePool(v->handle);
}

void volumes_wake(void)
{
	static bool done;
	EFI_HANDLE *handle;
	UINTN count;

	if (done || EFI_ERROR(LibLocateHandle(AllHandles, NULL, NULL, &count, &handle)))
		return;
	done = true;
	for (UINTN i = 0; i < count; i++)
		BS->ConnectController(handle[i], NULL, NULL, TRUE);
	FreePool(handle);
}

static EFI_STATUS open_volume_file(EFI_HANDLE volume, const CHAR16 *file, EFI_FILE **opened)
{
	EFI_FILE *root = volume ? LibOpenRoot(volume) : NULL;
	EFI_STATUS status;

	if (!root)
		return EFI_NOT_FOUND;
	status = root->Open(root, opened, (CHAR16 *)file, EFI_FILE_MODE_READ, 0);
	root->Close(root);
	return status;
}

static EFI_STATUS read_whole_file(EFI_FILE *file, UINTN max, void **data, UINTN *size)
{
	EFI_FILE_INFO *info = LibFileInfo(file);
	EFI_STATUS status;

	if (!info)
		return EFI_DEVICE_ERROR;
	*size = info->FileSize;
	status = info->Attribute & EFI_FILE_DIRECTORY ? EFI_NOT_FOUND
		 : *size > max                        ? EFI_BAD_BUFFER_SIZE
			       : BS->AllocatePool(EfiLoaderData, *size, data);
	FreePool(info);
	if (EFI_ERROR(status))
		return status;
	status = file->Read(file, size, *data);
	if (EFI_ERROR(status))
		FreePool(*data);
	return status;
}

void *volume_read(EFI_HANDLE volume, const CHAR16 *file, UINTN max, UINTN *size, EFI_STATUS *status)
{
	EFI_FILE *opened;
	void *data = NULL;
	EFI_STATUS result = open_volume_file(volume, file, &opened);

	if (!EFI_ERROR(result)) {
		result = read_whole_file(opened, max, &data, size);
		opened->Close(opened);
	}
	if (status)
		*status = result;
	return EFI_ERROR(result) ? NULL : data;
}

bool volume_has(EFI_HANDLE volume, const CHAR16 *file)
{
	EFI_FILE *opened;

	if (EFI_ERROR(open_volume_file(volume, file, &opened)))
		return false;
	opened->Close(opened);
	return true;
}

const struct path_node *volume_path(EFI_HANDLE volume)
{
	return (const void *)DevicePathFromHandle(volume);
}
