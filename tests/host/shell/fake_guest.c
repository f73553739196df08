// SPDX-License-Identifier: MIT
// The guest's side of the VM on the host: some RAM, CPUID, events, and a machine to switch off.
#include "tests/host/shell/fake_guest.h"

#include <string.h>

#include "hv/core/guest_memory.h"
#include "hv/core/panic.h"
#include "hv/core/power_off.h"
#include "vmx/exit/cpuid.h"
#include "vmx/exit/handlers.h"

u8 fake_ram[FAKE_RAM_SIZE];
u32 fake_events;
struct acpi_off fake_off;

void (*vmx_exit_handler)(struct regs *regs);

void vmx_handle_exit(struct regs *regs)
{
	(void)regs;
}

void *window_map(struct cpu *c, enum window window, u64 gpa)
{
	(void)c;
	(void)window;
	return gpa < FAKE_RAM_SIZE ? fake_ram + gpa : NULL;
}

int guest_read(struct cpu *c, u64 gpa, void *to, u64 length)
{
	(void)c;
	if (gpa > FAKE_RAM_SIZE || length > FAKE_RAM_SIZE - gpa)
		return TESSERA_BAD_ADDRESS;
	memcpy(to, fake_ram + gpa, length);
	return TESSERA_OK;
}

void cpuid_of_guest(const struct vm *vm, u32 leaf, u32 subleaf, u64 *r)
{
	(void)vm;
	r[RAX] = leaf;
	r[RCX] = subleaf;
	r[RBX] = 0xbbbb;
	r[RDX] = 0xdddd;
}

u32 events_last(void)
{
	return fake_events;
}

// Every second one is audited.
bool events_get(u32 sequence, struct tessera_event *e)
{
	if (sequence > fake_events || sequence + EVENTS_KEPT <= fake_events)
		return false;
	*e = (struct tessera_event){ .sequence = sequence,
				     .tsc = sequence * 1000000ULL,
				     .gpa = sequence,
				     .action = sequence % 2 ? TESSERA_ACTION_DENY
							    : TESSERA_ACTION_AUDIT,
				     .size = sequence % 2 ? 0 : 8,
				     .before = 1,
				     .after = 2,
				     .info = 3 };
	return true;
}

void machine_off(const struct acpi_off *off)
{
	fake_off = *off;
}
