// SPDX-License-Identifier: MIT
// An EFI program that makes the firmware as some real firmware is, and then starts \loader.efi:
//
//   QUIRK_NX         reserved memory is mapped no-execute
//   QUIRK_ATTRIBUTE  the firmware has EFI_MEMORY_ATTRIBUTE_PROTOCOL, to clear that
#include <efi.h>
#include <efilib.h>

#define NX    (1ULL << 63)
#define LARGE (1ULL << 7)
#define ADDR  0x000ffffffffff000ULL
#define NXE   (1U << 11)
#define EFER  0xc0000080
#define WP    (1ULL << 16)

static EFI_ALLOCATE_PAGES allocate;

static UINT64 *entry_of(UINT64 address)
{
	UINT64 *table, *entry = NULL;

	__asm__ volatile("mov %%cr3, %0" : "=r"(table));
	table = (UINT64 *)((UINT64)table & ADDR);
	for (int shift = 39; shift >= 12; shift -= 9) {
		entry = &table[address >> shift & 511];
		if (shift < 39 && *entry & LARGE)
			break;
		table = (UINT64 *)(*entry & ADDR);
	}
	return entry;
}

static void set_nx(UINT64 address, UINT64 size, BOOLEAN on)
{
	UINT64 cr0, cr3, low, high;

	__asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(EFER));
	__asm__ volatile("wrmsr" ::"a"(low | NXE), "d"(high), "c"(EFER));
	__asm__ volatile("mov %%cr0, %0" : "=r"(cr0));
	__asm__ volatile("mov %0, %%cr0" ::"r"(cr0 & ~WP));
	for (UINT64 at = address; at < address + size; at += 4096)
		*entry_of(at) = (*entry_of(at) & ~NX) | (on ? NX : 0);
	__asm__ volatile("mov %0, %%cr0" ::"r"(cr0));
	__asm__ volatile("mov %%cr3, %0\n\tmov %0, %%cr3" : "=r"(cr3)::"memory");
}

static EFIAPI EFI_STATUS allocate_nx(EFI_ALLOCATE_TYPE how, EFI_MEMORY_TYPE type, UINTN pages,
				     EFI_PHYSICAL_ADDRESS *memory)
{
	EFI_STATUS status = allocate(how, type, pages, memory);

	if (!EFI_ERROR(status) && type == EfiReservedMemoryType)
		set_nx(*memory, pages * 4096, TRUE);
	return status;
}

static EFIAPI EFI_STATUS clear(void *self, EFI_PHYSICAL_ADDRESS at, UINT64 size, UINT64 attributes)
{
	(void)self;
	if (attributes != EFI_MEMORY_XP || at % 4096 || size % 4096)
		return EFI_INVALID_PARAMETER;
	set_nx(at, size, FALSE);
	return EFI_SUCCESS;
}

static void break_firmware(EFI_HANDLE image)
{
	static EFI_GUID guid = {
		0xf4560cf6, 0x40ec, 0x4b4a, { 0xa1, 0x92, 0xbf, 0x1d, 0x57, 0xd0, 0xb1, 0x89 }
	};
	static void *protocol[] = { NULL, NULL, clear };

#ifdef QUIRK_NX
	allocate = BS->AllocatePages;
	BS->AllocatePages = allocate_nx;
#endif
#ifdef QUIRK_ATTRIBUTE
	BS->InstallProtocolInterface(&image, &guid, EFI_NATIVE_INTERFACE, protocol);
#endif
	(void)image, (void)guid, (void)protocol, (void)allocate_nx;
}

EFI_STATUS efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *table)
{
	EFI_LOADED_IMAGE *self;
	EFI_HANDLE loader;
	EFI_STATUS status;

	InitializeLib(image, table);
	status = BS->HandleProtocol(image, &LoadedImageProtocol, (void **)&self);
	if (!EFI_ERROR(status))
		status = BS->LoadImage(FALSE, image,
				       FileDevicePath(self->DeviceHandle, L"\\loader.efi"), NULL, 0,
				       &loader);
	break_firmware(image);
	if (!EFI_ERROR(status))
		status = BS->StartImage(loader, NULL, NULL);
	return status;
}
