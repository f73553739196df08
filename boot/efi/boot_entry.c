// SPDX-License-Identifier: MIT
#include <efi.h>
#include <efilib.h>

#include "boot/efi/boot_entry.h"
#include "boot/efi/option.h"
#include "hv/lib/string.h"

#define DESCRIPTION "Tessera"
#define OPTION_SIZE 1024
#define ORDER_MAX   256
#define ATTRIBUTES \
	(EFI_VARIABLE_NON_VOLATILE | EFI_VARIABLE_BOOTSERVICE_ACCESS | EFI_VARIABLE_RUNTIME_ACCESS)

struct order {
	u16 number[ORDER_MAX];
	UINTN count;
};

static EFI_STATUS read_order(struct order *order)
{
	UINTN size = sizeof(order->number);
	EFI_STATUS status =
		RT->GetVariable(VarBootOrder, &EfiGlobalVariable, NULL, &size, order->number);

	order->count = EFI_ERROR(status) ? 0 : size / sizeof(u16);
	return status == EFI_NOT_FOUND ? EFI_SUCCESS : status;
}

static EFI_STATUS write_order(struct order *order)
{
	return RT->SetVariable(VarBootOrder, &EfiGlobalVariable, ATTRIBUTES,
			       order->count * sizeof(u16), order->number);
}

static EFI_STATUS write_option(u16 number, const u8 *option, size_t size)
{
	u16 name[OPTION_VARIABLE_SIZE];

	option_variable(number, name);
	return RT->SetVariable((CHAR16 *)name, &EfiGlobalVariable, ATTRIBUTES, size,
			       (void *)option);
}

// Reads and parses Boot####; NULL if it does not exist. The caller frees it with FreePool.
static void *read_option(u16 number, struct option *option)
{
	u16 name[OPTION_VARIABLE_SIZE];
	UINTN size;
	void *variable;

	option_variable(number, name);
	variable = LibGetVariableAndSize((CHAR16 *)name, &EfiGlobalVariable, &size);
	if (variable && !option_parse(variable, size, option))
		*option = (struct option){ 0 };
	return variable;
}

// Whether Boot#### starts a file of that name, from that disk unless `disk` is NULL.
static bool entry_starts_file(u16 number, const CHAR16 *file, const struct path_node *disk)
{
	u16 text[PATH_TEXT_SIZE];
	struct option option;
	void *variable = read_option(number, &option);
	bool same = variable && option.path && path_file(option.path, text) &&
		    path_same_file(text, (const u16 *)file);

	if (same && disk)
		same = path_disk(option.path) && path_same_disk(path_disk(option.path), disk);
	if (variable)
		FreePool(variable);
	return same;
}

// The number that the file's entry has, or else one that no entry has.
static bool find_number(const struct order *order, const CHAR16 *file, const struct path_node *disk,
			u16 *number)
{
	struct option option;

	for (UINTN i = 0; i < order->count; i++) {
		*number = order->number[i];
		if (entry_starts_file(*number, file, disk))
			return true;
	}
	for (u32 n = 0; n <= UINT16_MAX; n++) {
		void *variable = read_option((u16)n, &option);

		*number = (u16)n;
		if (!variable)
			return true;
		FreePool(variable);
	}
	return false;
}

static EFI_STATUS put_first(struct order *order, u16 number)
{
	UINTN at = option_after(order->number, order->count, number);

	if (!at && order->count == ORDER_MAX)
		return EFI_OUT_OF_RESOURCES;
	if (!at)
		at = ++order->count;
	memmove(order->number + 1, order->number, (at - 1) * sizeof(u16));
	order->number[0] = number;
	return write_order(order);
}

// `disk` starts the path of the file: from the partition on, it stays true when the disk moves to
// another port.
static EFI_STATUS add_boot_entry(const struct path_node *disk, const CHAR16 *file, u16 *number)
{
	u8 option[OPTION_SIZE];
	size_t size = option_build(option, sizeof(option), DESCRIPTION, disk);
	struct order order;
	EFI_STATUS status = size ? read_order(&order) : EFI_OUT_OF_RESOURCES;
	bool is_new;

	if (EFI_ERROR(status))
		return status;
	if (!find_number(&order, file, disk, number))
		return EFI_OUT_OF_RESOURCES;
	is_new = !option_after(order.number, order.count, *number);
	status = write_option(*number, option, size);
	if (EFI_ERROR(status))
		return status;
	status = put_first(&order, *number);
	if (EFI_ERROR(status) && is_new)
		write_option(*number, NULL, 0);
	return status;
}

EFI_STATUS entry_add(EFI_HANDLE volume, const CHAR16 *file, u16 *number)
{
	EFI_DEVICE_PATH *path = FileDevicePath(volume, (CHAR16 *)file);
	const struct path_node *disk = path ? path_disk((const void *)path) : NULL;
	EFI_STATUS status = disk ? add_boot_entry(disk, file, number) : EFI_UNSUPPORTED;

	if (path)
		FreePool(path);
	return status;
}

u32 entry_remove(const CHAR16 *file)
{
	struct order order, kept = { .count = 0 };
	u32 removed = 0;

	if (EFI_ERROR(read_order(&order)))
		return 0;
	for (UINTN i = 0; i < order.count; i++)
		if (!entry_starts_file(order.number[i], file, NULL))
			kept.number[kept.count++] = order.number[i];
	// First out of the order, so that no number in it ever lacks its entry.
	if (kept.count == order.count || EFI_ERROR(write_order(&kept)))
		return 0;
	for (UINTN i = 0; i < order.count; i++)
		if (entry_starts_file(order.number[i], file, NULL) &&
		    !EFI_ERROR(write_option(order.number[i], NULL, 0)))
			removed++;
	return removed;
}
