// SPDX-License-Identifier: MIT
#include <efi.h>
#include <efilib.h>

#include "hv/lib/string.h"
#include "hv/x86/insn.h"
#include "tests/emul/system/agent/agent.h"

#define PTE_LARGE   0x80
#define DIRECTORIES 4 // GiB
#define CR4_PCIDE   BIT(17)

u8 *arena, *low_page;
u64 *window_table;

static u64 root[TABLE_ENTRIES] __attribute__((aligned(4096)));
static u64 low_pointers[TABLE_ENTRIES] __attribute__((aligned(4096)));
static u64 directory[DIRECTORIES][TABLE_ENTRIES] __attribute__((aligned(4096)));
static u64 window_pointers[TABLE_ENTRIES] __attribute__((aligned(4096)));
static u64 window_directory[TABLE_ENTRIES] __attribute__((aligned(4096)));

#define LINK(table) ((u64)(table) | PTE_P | PTE_W | PTE_U)

static void build_map(void)
{
	for (u32 d = 0; d < DIRECTORIES; d++) {
		low_pointers[d] = LINK(directory[d]);
		for (u32 i = 0; i < TABLE_ENTRIES; i++)
			directory[d][i] =
				((u64)d * TABLE_ENTRIES + i) * SIZE_2M | PTE_P | PTE_W | PTE_LARGE;
	}
	root[0] = LINK(low_pointers);
	root[(u64)WINDOW >> 39] = LINK(window_pointers);
	window_pointers[0] = LINK(window_directory);
	window_directory[0] = LINK(window_table);
}

static u8 *allocate(EFI_PHYSICAL_ADDRESS limit, u64 size)
{
	EFI_PHYSICAL_ADDRESS at = limit;

	if (EFI_ERROR(BS->AllocatePages(AllocateMaxAddress, EfiLoaderData, size / PAGE_SIZE, &at)))
		for (;;)
			ST->ConOut->OutputString(ST->ConOut, L"agent: no memory\r\n");
	return (u8 *)at;
}

void memory_init(void)
{
	low_page = allocate(0x9efff, 2 * PAGE_SIZE);
	window_table = (u64 *)allocate(0xffffffff, PAGE_SIZE);
	memset(window_table, 0, PAGE_SIZE);
	arena = allocate(0xffffffff, ARENA_SIZE + SIZE_2M);
	arena = (u8 *)ALIGN_UP((u64)arena, SIZE_2M);
	memset(arena, 0, ARENA_SIZE);
	build_map();
}

u64 memory_root(void)
{
	return (u64)root;
}

void memory_enter(void)
{
	write_cr4(read_cr4() & ~CR4_PCIDE);
	write_cr3((u64)root);
}

u8 *window_map(u32 n, u64 gpa, u64 rights)
{
	u8 *linear = WINDOW + n * PAGE_SIZE;

	window_table[n] = gpa | rights;
	invlpg(linear);
	return linear;
}

void window_move_table(u64 *table)
{
	window_table = table;
	window_directory[0] = LINK(table);
	write_cr3((u64)root);
}

u8 pattern_byte(u64 offset, u8 seed)
{
	return (u8)(offset * 7 + (offset >> 7) * 31 + seed);
}

void pattern_fill(void *to, u64 size, u8 seed)
{
	for (u64 i = 0; i < size; i++)
		((u8 *)to)[i] = pattern_byte(i, seed);
}
