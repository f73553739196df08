// SPDX-License-Identifier: MIT
#include <efi.h>
#include <efilib.h>

#include "boot/efi/store.h"

#define CHANGE (EFI_FILE_MODE_READ | EFI_FILE_MODE_WRITE)

static EFI_STATUS open_store_file(EFI_HANDLE volume, const CHAR16 *file, u64 mode, u64 attributes,
				  EFI_FILE **opened)
{
	EFI_FILE *root = LibOpenRoot(volume);
	EFI_STATUS status;

	if (!root)
		return EFI_DEVICE_ERROR;
	status = root->Open(root, opened, (CHAR16 *)file, mode, attributes);
	root->Close(root);
	return status;
}

EFI_STATUS store_folder(EFI_HANDLE volume, const CHAR16 *folder)
{
	EFI_FILE *opened;
	EFI_STATUS status = open_store_file(volume, folder, CHANGE | EFI_FILE_MODE_CREATE,
					    EFI_FILE_DIRECTORY, &opened);

	if (!EFI_ERROR(status))
		opened->Close(opened);
	return status;
}

EFI_STATUS store_delete(EFI_HANDLE volume, const CHAR16 *file)
{
	EFI_FILE *opened;
	EFI_STATUS status = open_store_file(volume, file, CHANGE, 0, &opened);

	if (EFI_ERROR(status))
		return status == EFI_NOT_FOUND ? EFI_SUCCESS : status;
	// Delete also closes the file, and returns a warning if it could not delete it.
	return opened->Delete(opened) == EFI_SUCCESS ? EFI_SUCCESS : EFI_WRITE_PROTECTED;
}

EFI_STATUS store_file(EFI_HANDLE volume, const CHAR16 *file, const void *data, UINTN size)
{
	UINTN written = size;
	EFI_FILE *opened;
	// Writing over a longer file would keep its end.
	EFI_STATUS status = store_delete(volume, file);

	if (!EFI_ERROR(status))
		status = open_store_file(volume, file, CHANGE | EFI_FILE_MODE_CREATE, 0, &opened);
	if (EFI_ERROR(status))
		return status;
	status = opened->Write(opened, &written, (void *)data);
	if (!EFI_ERROR(status) && written != size)
		status = EFI_VOLUME_FULL;
	opened->Close(opened);
	if (EFI_ERROR(status))
		store_delete(volume, file);
	return status;
}
