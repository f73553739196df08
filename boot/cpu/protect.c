// SPDX-License-Identifier: MIT
#include <efi.h>
#include <efilib.h>

#include "boot/cpu/clock.h"
#include "boot/cpu/launch.h"
#include "boot/cpu/processors.h"
#include "boot/cpu/protect.h"
#include "boot/cpu/report.h"
#include "boot/efi/say.h"
#include "boot/place/attempts.h"
#include "boot/place/memory.h"
#include "boot/place/sleep.h"
#include "hv/lib/string.h"

#define EXPLAIN_SIZE 200

static u64 acpi_root(void)
{
	static EFI_GUID tables[] = { ACPI_20_TABLE_GUID, ACPI_TABLE_GUID };
	void *root;

	for (u32 i = 0; i < ARRAY_SIZE(tables); i++)
		if (!EFI_ERROR(LibGetSystemConfigurationTable(&tables[i], &root)))
			return (u64)root;
	return 0;
}

static void fill_info(struct boot_info *info, const struct config *config, u32 cpus)
{
	info->tsc_hz = clock_tsc_hz();
	info->rsdp = acpi_root();
	info->cpus = cpus;
	info->uart_port = config->uart_port;
	info->uart_baud = config->uart_baud;
	info->engine = config->engine;
	info->sipi = config->sipi;
	info->log_level = config->log_level;
	info->panic = config->panic;
	info->unseal = config->unseal;
	info->protects = config->protects;
	memcpy(info->protect, config->protect, sizeof(info->protect));
}

static void say_failure(const struct launch_result *r)
{
	char text[EXPLAIN_SIZE];

	check_explain(r->error, text, sizeof(text));
	if (EFI_ERROR(r->status))
		say("CPU %u: the firmware could not run Tessera there: %s", r->cpu,
		    say_status(r->status));
	else if (r->cpu == BOOT_CPUS_MAX)
		say("the hypervisor runs on all CPUs but did not take effect (error %d)", r->error);
	else
		say("CPU %u: %s (error %d)", r->cpu, text, r->error);
	if (r->stuck)
		say("a CPU did not return from Tessera: reset the machine if the system "
		    "misbehaves");
}

static bool launch_in(u8 *block, const struct config *config, struct processors *processors)
{
	struct launch_result r = { .error = BOOT_NO_MEMORY };
	struct placement placement;

	if (!image_place(payload, block, config->memory, &placement)) {
		say_failure(&r);
		memory_release(block, config->memory);
		return false;
	}
	fill_info(placement.info, config, processors->count);
	attempts_begin(config->confirm);
	// Before the launch: after it a protect = may already guard the tables.
	if (config->sleep == CONFIG_SLEEP_DENY)
		sleep_hide(placement.info->rsdp);
	memory_allow_execution((u64)placement.entry, placement.entry_size);
	r = launch(processors, &placement);
	if (!EFI_ERROR(r.status) && r.error == BOOT_OK)
		return true;
	attempts_forget();
	if (config->sleep == CONFIG_SLEEP_DENY)
		sleep_show(placement.info->rsdp);
	say_failure(&r);
	if (!r.stuck)
		memory_release(block, config->memory);
	return false;
}

bool protect_machine(const struct config *config)
{
	static struct processors processors;
	u8 *block;

	if (!report_processors(&processors, config->engine))
		return false;
	if (!image_valid(payload, (u64)(payload_end - payload))) {
		say("the hypervisor in this file is damaged: copy BOOTX64.EFI again");
		return false;
	}
	block = memory_reserve(config->memory);
	if (!block) {
		say("no %lu MiB of contiguous free memory: lower memory = in tessera.conf",
		    config->memory >> 20);
		return false;
	}
	if (!launch_in(block, config, &processors))
		return false;
	say("ok: %u CPU%s, %lu MiB at 0x%lx", processors.count, processors.count == 1 ? "" : "s",
	    config->memory >> 20, (u64)block);
	return true;
}
