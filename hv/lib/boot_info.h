// SPDX-License-Identifier: MIT
// What the loader passes to the hypervisor, and the calls between them. Loader and image are built
// together into one file, so this interface needs no version.
#ifndef HV_LIB_BOOT_INFO_H
#define HV_LIB_BOOT_INFO_H

#include "hv/lib/types.h"
#include "tessera/hypercall.h"

// The image is linked here and the reserved block is mapped here, byte for byte: the image first,
// then the data that the loader added, then the page pool. So va - HV_BASE == pa - block_pa.
#define HV_BASE        0xffffffff80000000ULL

#define HV_IMAGE_MAGIC 0x3152455352534554ULL // "TESSRER1"

// At the first byte of the image (linker.ld puts it there). Offsets are from there, page-aligned
// but for entry. [0, rodata) is code, [rodata, data) constants, [data, end) data and zeroed data.
// The file holds [0, text_end) and then, without a gap, what starts at rodata.
struct image_header {
	u64 magic;
	u64 entry;
	u64 entry_size; // bytes from entry that must also be mapped where they lie physically
	u64 rodata;
	u64 data;
	u64 text_end;
	u64 file_size;
	u64 end;
};

#define BOOT_PROTECT_MAX 32
#define BOOT_CPUS_MAX    256

struct boot_protect {
	u64 gpa;
	u64 length;
	u32 action; // enum tessera_action
	char name[TESSERA_NAME_SIZE];
};

// The registers of a 16550.
#define BOOT_UART_PORTS 8

struct boot_info {
	u64 block_pa;    // the reserved block: 2 MiB aligned
	u64 block_size;  // bytes, a multiple of 2 MiB
	u64 pool_offset; // first unused byte of the block, page-aligned
	u64 host_cr3; // page tables that map the block at HV_BASE (W^X) and the entry code at its
		      // pa
	u64 tsc_hz;
	u64 rsdp;      // ACPI root pointer, 0 when the firmware gave none
	u32 cpus;      // enabled CPUs; each is entered with its number 0..cpus-1, BSP = 0
	u16 uart_port; // first of BOOT_UART_PORTS I/O ports of our UART, 0 = none
	u32 uart_baud;
	u8 engine;    // enum boot_engine
	u8 sipi;      // enum boot_sipi
	u8 log_level; // enum log_level, hv/core/log.h
	u8 panic;     // enum boot_panic
	u8 unseal;    // enum boot_unseal
	u32 protects;
	struct boot_protect protect[BOOT_PROTECT_MAX];
};

// How a CPU waits for its SIPI: in the VMX activity state where there is one; one at a time
// in that state and others meanwhile in software; or always in software.
enum boot_sipi { BOOT_SIPI_AUTO, BOOT_SIPI_SINGLE, BOOT_SIPI_SOFTWARE };

enum boot_engine { BOOT_ENGINE_AUTO, BOOT_ENGINE_HARDWARE, BOOT_ENGINE_SOFTWARE };

// What happens after the report of a panic.
enum boot_panic { BOOT_PANIC_HALT, BOOT_PANIC_REBOOT, BOOT_PANIC_DEVIRTUALIZE };

// Who may loosen a sealed rule before the next reset.
enum boot_unseal { BOOT_UNSEAL_NEVER, BOOT_UNSEAL_CONSOLE };

// The entry code: called by the loader on each CPU, BSP first and alone, then the others in
// any order but one at a time, with interrupts off, paging on and the entry code identity-mapped.
// SysV calling convention. Returns BOOT_OK as a guest, or a negative enum boot_error or
// BOOT_LACKS() with the CPU as it was before the call.
typedef s64 (*boot_entry)(struct boot_info *info, u64 cpu);

//      name           number  what it says to a person
// clang-format off
#define BOOT_ERRORS(X) \
	X(OK,             0, "launched") \
	X(NO_MEMORY,     -5, "the reserved block is too small: raise memory = in tessera.conf") \
	X(VMXON,         -6, "VMXON failed: another hypervisor may be running") \
	X(VMLAUNCH,      -7, "VMLAUNCH failed: please report this") \
	X(CPU_MISMATCH,  -8, "this CPU's features differ from those of CPU 0") \
	X(STATE,         -9, "the firmware uses 5-level paging: disable it in the firmware setup") \
	X(NOT_EXECUTABLE, -10, "the firmware maps our memory as no-execute: update the firmware")
// clang-format on

#define BOOT_ERROR_ENUM(name, number, text) BOOT_##name = number,
enum boot_error { BOOT_ERRORS(BOOT_ERROR_ENUM) };

// The answer of a CPU that lacks requirement `id` of vmx/vmcs/requirements.h.
#define BOOT_LACKS(id) (-100 - (s32)(id))

// VMCALLs of the loader, RAX as for hypercalls. After COMMIT they no longer exist.
#define BOOT_CALL_DEVIRTUALIZE 0x7e55e7a0ULL // devirtualize this CPU
#define BOOT_CALL_COMMIT       0x7e55e7a1ULL // all CPUs are in; the policy of the config is applied

#endif
