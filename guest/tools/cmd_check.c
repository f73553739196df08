// SPDX-License-Identifier: MIT
// check: whether this machine can run Tessera. Judges what Linux shows of the CPUs by the table of
// requirements (boot/cpu/check.h), and looks at the firmware.
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "hv/lib/format.h"
#include "lib/system.h"
#include "tools/attempts.h"
#include "tools/json.h"
#include "tools/machine.h"
#include "tools/run.h"

#define SECURE_BOOT EFIVARS "/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
#define DETAIL_SIZE 240

enum verdict { GOOD, ABSENT, BAD, UNKNOWN };

static const char *const marks[] = {
	[GOOD] = "  ok  ", [ABSENT] = "  --  ", [BAD] = " FAIL ", [UNKNOWN] = "  ??  "
};
static const char *const words[] = {
	[GOOD] = "ok", [ABSENT] = "absent", [BAD] = "fail", [UNKNOWN] = "unknown"
};

struct report {
	bool json;
	bool bad, unsure;
};

static void print_finding(struct report *r, enum verdict verdict, const char *name,
			  const char *detail)
{
	r->bad |= verdict == BAD;
	r->unsure |= verdict == UNKNOWN;
	if (r->json) {
		struct json j = json_begin(stdout);

		json_text(&j, "name", name);
		json_text(&j, "verdict", words[verdict]);
		json_text(&j, "detail", detail);
		json_end(&j);
	} else {
		printf("[%s] %s%s%s\n", marks[verdict], name, *detail ? ": " : "", detail);
	}
}

static void check_requirement(struct report *r, const struct requirement *q,
			      const struct facts *facts, u32 cpus)
{
	struct cpu_set lacking = check_lacking(q, facts, cpus);
	char where[80], detail[DETAIL_SIZE];

	if (!lacking.count) {
		print_finding(r, GOOD, q->name, "");
		return;
	}
	check_list(&lacking, cpus, where, sizeof(where));
	snprintf(detail, sizeof(detail), "missing on %s: %s", where, q->remedy);
	print_finding(r, q->needed & BIT(BOOT_ENGINE_AUTO) ? BAD : ABSENT, q->name, detail);
}

static void check_cpus(struct report *r)
{
	static struct facts facts[BOOT_CPUS_MAX];
	bool sure;
	u32 cpus = machine_facts(facts, BOOT_CPUS_MAX, &sure);

	for (u32 i = 0; i < REQUIREMENT_COUNT; i++)
		if (check_known(&requirements[i], facts, cpus))
			check_requirement(r, &requirements[i], facts, cpus);
	if (!sure)
		print_finding(r, UNKNOWN, "VMX capabilities",
			      "cannot be read: be root, and run `modprobe msr` first");
}

static void check_firmware(struct report *r)
{
	struct {
		uint32_t attributes;
		uint8_t on;
	} __attribute__((packed)) v = { 0 };
	FILE *file = tessera_file(SECURE_BOOT, "r");

	if (access(tessera_path("/sys/firmware/efi").text, F_OK))
		print_finding(
			r, BAD, "UEFI",
			"this system was not booted by UEFI: switch the firmware from legacy boot "
			"to UEFI, and give the system a UEFI boot loader");
	else
		print_finding(r, GOOD, "UEFI", "");
	if (file && fread(&v, sizeof(v), 1, file) == 1 && v.on)
		print_finding(r, ABSENT, "Secure Boot off",
			      "it is on: sign the loader with your own key and enrol that key");
	if (file)
		fclose(file);
}

static int print_verdict(const struct report *r, const char *text, int status)
{
	if (r->json) {
		struct json j = json_begin(stdout);

		json_text(&j, "name", "verdict");
		json_text(&j, "verdict", words[status == DONE ? GOOD : r->bad ? BAD : UNKNOWN]);
		json_text(&j, "detail", text);
		json_end(&j);
	} else {
		printf("verdict: %s\n", text);
	}
	return status;
}

int run_check(int fd, const struct options *o)
{
	struct report r = { .json = o->of[OPTION_json].given };

	(void)fd;
	if (machine.tessera())
		return print_verdict(&r, "Tessera already runs on this machine", DONE);
	check_cpus(&r);
	check_firmware(&r);
	if (r.bad)
		return print_verdict(&r,
				     "Tessera cannot run on this machine: see what is marked FAIL",
				     FAULTY);
	if (r.unsure)
		return print_verdict(&r, "unknown: be root, and run `modprobe msr` first", REFUSED);
	return print_verdict(&r, "Tessera can run on this machine", DONE);
}
