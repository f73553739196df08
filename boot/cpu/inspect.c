// SPDX-License-Identifier: MIT
#include <efi.h>
#include <efilib.h>

#include "boot/cpu/inspect.h"
#include "boot/cpu/probe.h"
#include "boot/cpu/report.h"
#include "boot/efi/say.h"
#include "boot/place/attempts.h"
#include "boot/place/memory.h"
#include "hv/lib/format.h"

#define DETAIL_SIZE 200

enum mark { MARK_OK, MARK_ABSENT, MARK_FAIL };

// Marks of equal width at the start of a line, so that failures stand out.
static void say_marked(enum mark mark, const char *name, const char *detail)
{
	static const char *const marks[] = { "  ok  ", "  --  ", " FAIL " };

	say("[%s] %s%s", marks[mark], name, detail);
}

static void inspect_cpus(const struct processors *p)
{
	char brand[PROBE_BRAND_SIZE];
	u32 signature = probe_signature(brand);

	say("Tessera " TESSERA_VERSION " on %s, CPUID %x, %u CPU%s", brand, signature, p->count,
	    p->count == 1 ? "" : "s");
}

static bool inspect_requirement(const struct requirement *r, const struct processors *p,
				enum boot_engine engine)
{
	struct cpu_set lacking = check_lacking(r, p->facts, p->count);
	bool needed = r->needed & BIT(engine);
	char where[80], detail[DETAIL_SIZE];

	if (!lacking.count) {
		say_marked(MARK_OK, r->name, "");
		return true;
	}
	check_list(&lacking, p->count, where, sizeof(where));
	format(detail, sizeof(detail), ": missing on %s: %s", where, r->remedy);
	say_marked(needed ? MARK_FAIL : MARK_ABSENT, r->name, detail);
	return !needed;
}

static bool inspect_requirements(const struct processors *p, enum boot_engine engine)
{
	u32 unknown = 0;
	bool good = true;

	for (u32 i = 0; i < REQUIREMENT_COUNT; i++) {
		if (check_known(&requirements[i], p->facts, p->count))
			good &= inspect_requirement(&requirements[i], p, engine);
		else
			unknown++;
	}
	if (unknown)
		say("[  ??  ] %u more cannot be checked until that is fixed", unknown);
	return good;
}

static bool inspect_memory(u64 size)
{
	u64 place = memory_find(size);
	char detail[DETAIL_SIZE];

	if (place)
		format(detail, sizeof(detail), ": %lu MiB at 0x%lx", size >> 20, place);
	else
		format(detail, sizeof(detail),
		       ": no %lu MiB contiguous: lower memory =", size >> 20);
	say_marked(place ? MARK_OK : MARK_FAIL, "memory", detail);
	return place;
}

static void inspect_attempts(const struct config *config)
{
	u32 count = attempts_count();
	char detail[DETAIL_SIZE];

	if (config->confirm == CONFIG_CONFIRM_NONE || !count)
		return;
	format(detail, sizeof(detail), ": %u of %u%s", count, ATTEMPTS_MAX,
	       count < ATTEMPTS_MAX ? "" : ", so the next start skips Tessera");
	say_marked(count < ATTEMPTS_MAX ? MARK_ABSENT : MARK_FAIL, "starts not confirmed", detail);
}

static const char *engine_of(const struct processors *p, enum boot_engine wanted)
{
	const struct requirement *spp = &requirements[REQUIREMENT_SPP];

	if (check_lacking(spp, p->facts, p->count).count || wanted == BOOT_ENGINE_SOFTWARE)
		return "tiles are enforced by the software engine";
	return "tiles are enforced by SPP";
}

bool inspect_machine(const struct config *config)
{
	static struct processors processors;
	bool good = true;

	if (probe_tessera()) {
		say("verdict: Tessera is already running and hides what this check looks for");
		return true;
	}
	if (!report_find(&processors)) {
		say("verdict: Tessera CANNOT run here, for the reason above");
		return false;
	}
	inspect_cpus(&processors);
	good &= inspect_requirements(&processors, config->engine);
	good &= inspect_memory(config->memory);
	inspect_attempts(config);
	if (good)
		say("verdict: Tessera can run here; %s", engine_of(&processors, config->engine));
	else
		say("verdict: Tessera CANNOT run here, for the reasons marked FAIL");
	return good;
}
