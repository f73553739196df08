// SPDX-License-Identifier: MIT
// Functions of gnu-efi, with its names and contracts. If one of them were missing here, the linker
// would take gnu-efi's own object, and with it code to print and names of GUIDs: 24 KiB that the
// loader does not use.
#include <efi.h>
#include <efilib.h>

#include "boot/efi/path.h"
#include "hv/lib/string.h"

INTN CompareGuid(EFI_GUID *a, EFI_GUID *b)
{
	return memcmp(a, b, sizeof(*a));
}

EFI_DEVICE_PATH *DevicePathFromHandle(EFI_HANDLE handle)
{
	EFI_DEVICE_PATH *path;

	if (EFI_ERROR(BS->HandleProtocol(handle, &DevicePathProtocol, (void **)&path)))
		return NULL;
	return path;
}

EFI_DEVICE_PATH *AppendDevicePath(EFI_DEVICE_PATH *first, EFI_DEVICE_PATH *second)
{
	size_t kept = first ? path_size((const void *)first) - sizeof(struct path_node) : 0;
	size_t added = path_size((const void *)second);
	u8 *joined = AllocatePool(kept + added);

	if (!joined)
		return NULL;
	memcpy(joined, first, kept);
	memcpy(joined + kept, second, added);
	return (EFI_DEVICE_PATH *)joined;
}

EFI_DEVICE_PATH *FileDevicePath(EFI_HANDLE volume, CHAR16 *file)
{
	struct {
		struct path_node node;
		u16 name[PATH_TEXT_SIZE];
		struct path_node end;
	} path = { .node = { .type = PATH_MEDIA, .subtype = PATH_FILE } };
	size_t chars = 0;

	do {
		if (chars == PATH_TEXT_SIZE)
			return NULL;
		path.name[chars] = file[chars];
	} while (file[chars++]);
	path_close(&path.node, sizeof(path.node) + chars * sizeof(*file));
	return AppendDevicePath(volume ? DevicePathFromHandle(volume) : NULL, (void *)&path);
}

// The firmware's text. NULL if it has no such service.
CHAR16 *DevicePathToStr(EFI_DEVICE_PATH *path)
{
	EFI_DEVICE_PATH_TO_TEXT_PROTOCOL *text;

	if (EFI_ERROR(BS->LocateProtocol(&DevicePathToTextProtocol, NULL, (void **)&text)))
		return NULL;
	return text->ConvertDevicePathToText(path, FALSE, FALSE);
}
