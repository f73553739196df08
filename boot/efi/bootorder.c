// SPDX-License-Identifier: MIT
#include <efi.h>
#include <efilib.h>

#include "boot/efi/bootorder.h"
#include "boot/efi/option.h"
#include "boot/efi/say.h"
#include "hv/lib/format.h"

#define LABEL_SIZE     (OPTION_NAME_SIZE + 16)
#define REMOVABLE_FILE L"\\EFI\\BOOT\\BOOTX64.EFI"

static bool file_is_self(const struct self *self, EFI_HANDLE volume, const u16 *file)
{
	return volume == self->volume && path_same_file(file, self->file);
}

// Starts what `rest` says behind the path of the volume. Returns whether there is such a file.
static bool start_at_path(const struct self *self, EFI_HANDLE volume, const struct path_node *rest,
			  struct program program)
{
	EFI_DEVICE_PATH *path;
	u16 file[PATH_TEXT_SIZE];

	if (!path_file(rest, file) || !volume_has(volume, (CHAR16 *)file))
		return false;
	path = AppendDevicePath((void *)volume_path(volume), (EFI_DEVICE_PATH *)rest);
	program.path = (const void *)path;
	if (path && !file_is_self(self, volume, file))
		start_program(self, &program);
	if (path)
		FreePool(path);
	return true;
}

// A path that leaves open where its disk is: each volume on which it can mean something.
static bool start_short(const struct self *self, const struct program *program)
{
	bool by_disk = path_kind(program->path) == PATH_KIND_SHORT_DISK;
	const struct path_node *rest = by_disk ? path_next(program->path) : program->path;
	struct volumes all = volumes_list(self->volume);
	bool found = false;

	for (UINTN i = 0; i < all.count; i++) {
		const struct path_node *path = volume_path(all.handle[i]);
		const struct path_node *disk = path ? path_disk(path) : NULL;

		if (!by_disk || (disk && path_same_disk(disk, program->path)))
			found |= start_at_path(self, all.handle[i], rest, *program);
	}
	volumes_free(&all);
	return found;
}

// A disk without a file means its removable-media loader; anything else, say a network card, has a
// driver that knows what to load.
static bool start_device(const struct self *self, const struct program *program)
{
	struct volumes all = volumes_list(self->volume);
	bool found = false;

	for (UINTN i = 0; i < all.count; i++) {
		const struct path_node *path = volume_path(all.handle[i]);

		if (path && path_starts_with(path, program->path)) {
			found = true;
			start_file(self, all.handle[i], REMOVABLE_FILE);
		}
	}
	volumes_free(&all);
	return found;
}

static bool start_full(const struct self *self, const struct program *program)
{
	EFI_DEVICE_PATH *rest = (EFI_DEVICE_PATH *)program->path;
	EFI_HANDLE volume;

	if (!EFI_ERROR(BS->LocateDevicePath(&FileSystemProtocol, &rest, &volume)))
		return start_at_path(self, volume, (const void *)rest, *program);
	return false;
}

static bool start_never(const struct self *self, const struct program *program)
{
	(void)self;
	(void)program;
	return true;
}

static bool (*const starters[])(const struct self *self, const struct program *program) = {
	[PATH_KIND_FULL] = start_full,        [PATH_KIND_DEVICE] = start_device,
	[PATH_KIND_SHORT_DISK] = start_short, [PATH_KIND_SHORT_FILE] = start_short,
	[PATH_KIND_LEGACY] = start_never,
};

static void start_option(const struct self *self, u16 number, const struct option *option)
{
	char label[LABEL_SIZE];
	struct program program = { .label = label,
				   .path = option->path,
				   .options = option->data_size ? option->data : NULL,
				   .options_size = option->data_size };
	enum path_kind kind = path_kind(option->path);

	format(label, sizeof(label), "Boot%04x \"%s\"", number, option->description);
	if (starters[kind](self, &program))
		return;
	volumes_wake();
	if (starters[kind](self, &program))
		return;
	program.by_device = true;
	if (kind == PATH_KIND_DEVICE)
		start_program(self, &program);
	else
		say("%s: not found", label);
}

static void start_number(const struct self *self, u16 number)
{
	CHAR16 name[OPTION_VARIABLE_SIZE];
	struct option option;
	UINTN size;
	u8 *variable;

	option_variable(number, (u16 *)name);
	variable = LibGetVariableAndSize(name, &EfiGlobalVariable, &size);
	if (!variable)
		return;
	if (option_parse(variable, size, &option) && option.attributes & OPTION_ACTIVE &&
	    !option_is_firmware(&option))
		start_option(self, number, &option);
	FreePool(variable);
}

void bootorder_start(const struct self *self)
{
	UINTN order_size, current_size, first = 0;
	u16 *order = LibGetVariableAndSize(VarBootOrder, &EfiGlobalVariable, &order_size);
	u16 *current = LibGetVariableAndSize(VarBootCurrent, &EfiGlobalVariable, &current_size);

	if (order && current && current_size == sizeof(*current))
		first = option_after(order, order_size / sizeof(*order), *current);
	for (UINTN i = first; order && i < order_size / sizeof(*order); i++)
		start_number(self, order[i]);
	if (order)
		FreePool(order);
	if (current)
		FreePool(current);
}
