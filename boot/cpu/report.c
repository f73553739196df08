// SPDX-License-Identifier: MIT
#include "boot/cpu/report.h"
#include "boot/efi/say.h"

bool report_find(struct processors *p)
{
	EFI_STATUS status = processors_find(p);

	if (status == EFI_NOT_FOUND)
		say("the firmware has no MP services: update the firmware");
	else if (status == EFI_BUFFER_TOO_SMALL)
		say("more than %u CPUs: disable some in the firmware setup", BOOT_CPUS_MAX);
	else if (EFI_ERROR(status))
		say("the firmware cannot list the CPUs: %s", say_status(status));
	return !EFI_ERROR(status);
}

// Reports what `r` found lacking. Returns whether Tessera can start without it.
static bool tessera_can_start(const struct requirement *r, const struct processors *p,
			      enum boot_engine engine)
{
	struct cpu_set lacking = check_lacking(r, p->facts, p->count);
	bool needed = r->needed & BIT(engine);
	char where[80];

	if (!lacking.count)
		return true;
	check_list(&lacking, p->count, where, sizeof(where));
	say("%s %s on %s: %s", needed ? "missing:" : "missing, but not needed:", r->name, where,
	    r->remedy);
	return !needed;
}

bool report_processors(struct processors *p, enum boot_engine engine)
{
	bool good = true;

	if (!report_find(p))
		return false;
	for (u32 i = 0; i < REQUIREMENT_COUNT; i++)
		good &= tessera_can_start(&requirements[i], p, engine);
	return good;
}
