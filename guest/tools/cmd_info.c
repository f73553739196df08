// SPDX-License-Identifier: MIT
// info: the state of hypervisor and driver, and whether this system can protect anything.
#include <errno.h>
#include <inttypes.h>

#include "lib/tessera.h"
#include "tools/json.h"
#include "tools/run.h"
#include "tools/messages.h"

// Who may change the policy. With no key holder, everyone at CPL 0 may.
enum key_holder { KEY_NOBODY, KEY_DRIVER, KEY_OTHER };

static const struct {
	const char *text, *json;
} key_holders[] = {
	[KEY_NOBODY] = { "nobody", "none" },
	[KEY_DRIVER] = { "the driver", "driver" },
	[KEY_OTHER] = { "another agent, or nobody in lockdown", "other" },
};

struct state {
	struct tessera_info info;
	enum key_holder key_holder;
	bool locked_down;
};

// The hypervisor answers everyone who asks for the numbers in tessera_info. It counts only for
// those who may change the policy: with a wrong key and in lockdown it refuses.
static int read_state(int fd, struct state *s)
{
	struct tessera_statistics statistics;
	bool driver, refuses;

	if (tessera_get_info(fd, &s->info))
		return -1;
	refuses = tessera_get_statistics(fd, &statistics);
	if (refuses && errno != EACCES)
		return -1;
	driver = s->info.state & TESSERA_DRIVER_KEY_HOLDER;
	s->key_holder = driver ? KEY_DRIVER : refuses ? KEY_OTHER : KEY_NOBODY;
	s->locked_down = driver && refuses;
	return 0;
}

// Why nothing can be protected, with the remedy, or NULL.
static const char *find_obstacle(const struct state *s)
{
	if (s->locked_down)
		return "the policy is locked down; reset the machine to change it";
	if (s->key_holder == KEY_OTHER)
		return "another agent holds the key, or the policy is locked down; let that agent "
		       "release the key, or reset the machine";
	return NULL;
}

static void state_text(const struct state *s)
{
	const struct tessera_info *i = &s->info;

	printf("ABI         %u\n", i->abi);
	printf("engine      %s\n", tessera_engine_name(i->engine));
	printf("steps       %s\n", i->features & TESSERA_FEATURE_STEP ? "yes" : "no");
	printf("CPUs        %u\n", i->cpus);
	printf("regions     %" PRIu64 "\n", (uint64_t)i->regions);
	printf("guards      %u, %" PRIu64 " pages\n", i->guards, (uint64_t)i->held);
	printf("blocked     %" PRIu64 " writes\n", (uint64_t)i->blocked);
	printf("free        %" PRIu64 " KiB\n", (uint64_t)i->free_pages * 4);
	printf("key         held by %s\n", key_holders[s->key_holder].text);
	printf("policy      %s\n", s->locked_down ? "locked down until reset" : "can be changed");
	printf("events      %s\n", i->state & TESSERA_DRIVER_EVENTS ? "yes" : "no");
}

static void state_json(const struct state *s)
{
	const struct tessera_info *i = &s->info;
	struct json j = json_begin(stdout);

	json_number(&j, "abi", i->abi);
	json_text(&j, "engine", tessera_engine_name(i->engine));
	json_bool(&j, "steps", i->features & TESSERA_FEATURE_STEP);
	json_number(&j, "cpus", i->cpus);
	json_number(&j, "regions", i->regions);
	json_number(&j, "guards", i->guards);
	json_number(&j, "held_pages", i->held);
	json_number(&j, "blocked", i->blocked);
	json_number(&j, "free_pages", i->free_pages);
	json_text(&j, "key_holder", key_holders[s->key_holder].json);
	json_bool(&j, "locked_down", s->locked_down);
	json_bool(&j, "can_protect", !find_obstacle(s));
	json_bool(&j, "events", i->state & TESSERA_DRIVER_EVENTS);
	json_end(&j);
}

int run_info(int fd, const struct options *o)
{
	struct state s;

	if (read_state(fd, &s))
		return report_refusal("info");
	if (o->of[OPTION_json].given)
		state_json(&s);
	else
		state_text(&s);
	if (!find_obstacle(&s))
		return DONE;
	report_error("nothing can be protected: %s", find_obstacle(&s));
	return REFUSED;
}
