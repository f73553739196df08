// SPDX-License-Identifier: MIT
#include <efi.h>
#include <efilib.h>

#include "boot/cpu/probe.h"
#include "boot/cpu/processors.h"

static EFI_GUID mp_services_guid = {
	0x3fdda605, 0xa76e, 0x4f46, { 0xad, 0x29, 0x12, 0xf4, 0x53, 0x1b, 0x3d, 0x08 }
};

#define TIMEOUT_US 10000000

// The CPUs store their facts here, all at once and in any order.
struct census {
	u32 taken;
	struct facts facts[BOOT_CPUS_MAX];
};

static EFIAPI void report(void *argument)
{
	struct census *census = argument;
	u32 slot = __atomic_fetch_add(&census->taken, 1, __ATOMIC_RELAXED);

	if (slot < BOOT_CPUS_MAX)
		probe_this_cpu(&census->facts[slot]);
}

static const struct facts *find_facts(const struct census *census, u32 apic_id)
{
	for (u32 i = 0; i < MIN(census->taken, BOOT_CPUS_MAX); i++)
		if (census->facts[i].apic_id == apic_id)
			return &census->facts[i];
	return NULL;
}

// Numbers the enabled CPUs from 0; the firmware's numbers may have gaps.
static EFI_STATUS number_cpus(struct processors *p, UINTN all)
{
	p->count = 1;
	for (UINTN number = 0; number < all; number++) {
		struct mp_processor info;
		EFI_STATUS status = p->mp->info(p->mp, number, &info);
		u32 cpu;

		if (EFI_ERROR(status))
			return status;
		if (!(info.status & MP_STATUS_ENABLED))
			continue;
		cpu = info.status & MP_STATUS_BSP ? 0 : p->count++;
		if (cpu >= BOOT_CPUS_MAX)
			return EFI_BUFFER_TOO_SMALL;
		p->number[cpu] = number;
		p->facts[cpu] = (struct facts){ .apic_id = (u32)info.apic_id };
	}
	return EFI_SUCCESS;
}

// All CPUs at once: waking them one by one takes 10 ms each with many firmwares.
static EFI_STATUS collect_all_cpus(struct processors *p)
{
	static struct census census;
	EFI_STATUS status = EFI_SUCCESS;

	census.taken = 0;
	report(&census);
	if (p->count > 1)
		status = p->mp->run_all(p->mp, report, FALSE, NULL, TIMEOUT_US, &census, NULL);
	for (u32 cpu = 0; cpu < p->count && !EFI_ERROR(status); cpu++) {
		const struct facts *facts = find_facts(&census, p->facts[cpu].apic_id);

		if (!facts)
			return EFI_NO_RESPONSE;
		p->facts[cpu] = *facts;
	}
	return status;
}

EFI_STATUS processors_find(struct processors *p)
{
	UINTN all, enabled;
	EFI_STATUS status = BS->LocateProtocol(&mp_services_guid, NULL, (void **)&p->mp);

	if (!EFI_ERROR(status))
		status = p->mp->count(p->mp, &all, &enabled);
	if (!EFI_ERROR(status))
		status = number_cpus(p, all);
	return EFI_ERROR(status) ? status : collect_all_cpus(p);
}

EFI_STATUS processors_run(struct processors *p, u32 cpu, mp_procedure procedure, void *argument)
{
	if (cpu == 0) {
		procedure(argument);
		return EFI_SUCCESS;
	}
	return p->mp->run_on(p->mp, procedure, p->number[cpu], NULL, TIMEOUT_US, argument, NULL);
}
