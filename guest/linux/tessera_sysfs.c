// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "tessera_sysfs.h"

#include <linux/device.h>

#include "tessera_guard.h"
#include "tessera_key.h"
#include "tessera_stream.h"
#include "tessera.h"

struct answer {
	struct device_attribute attribute;
	enum tessera_query what;
};

static ssize_t show(struct device *device, struct device_attribute *attribute, char *text)
{
	const struct answer *a = container_of(attribute, struct answer, attribute);
	u64 value;
	int error = tessera_query(a->what, &value);

	return error ? error : sysfs_emit(text, "%llu\n", value);
}

static ssize_t engine_show(struct device *device, struct device_attribute *attribute, char *text)
{
	u64 engine;
	int error = tessera_query(TESSERA_QUERY_ENGINE, &engine);

	if (error)
		return error;
	return sysfs_emit(text, "%s\n",
			  engine == TESSERA_ENGINE_HARDWARE ? "hardware" : "software");
}

static ssize_t guards_show(struct device *device, struct device_attribute *attribute, char *text)
{
	u64 held;

	return sysfs_emit(text, "%u\n", tessera_guard_count(&held));
}

static ssize_t held_pages_show(struct device *device, struct device_attribute *attribute,
			       char *text)
{
	u64 held;

	tessera_guard_count(&held);
	return sysfs_emit(text, "%llu\n", held);
}

static ssize_t events_show(struct device *device, struct device_attribute *attribute, char *text)
{
	return sysfs_emit(text, "%llu\n", tessera_stream_here() ? tessera_stream_next() : 0);
}

static ssize_t dropped_show(struct device *device, struct device_attribute *attribute, char *text)
{
	return sysfs_emit(text, "%llu\n", tessera_stream_here() ? tessera_stream_dropped() : 0);
}

static ssize_t key_holder_show(struct device *device, struct device_attribute *attribute,
			       char *text)
{
	return sysfs_emit(text, "%u\n", !!tessera_key());
}

// Root only, and only what is the machine's: a reader cannot know which processor answers.
#define ANSWER(name, query)                                                    \
	static struct answer answer_##name = { __ATTR(name, 0400, show, NULL), \
					       TESSERA_QUERY_##query }

ANSWER(abi, ABI);
ANSWER(cpus, CPUS);
ANSWER(regions, REGIONS);
ANSWER(blocked, DENIED);
ANSWER(free_pages, FREE_PAGES);
ANSWER(shootdowns, FLUSHES);
static DEVICE_ATTR_ADMIN_RO(engine);
static DEVICE_ATTR_ADMIN_RO(guards);
static DEVICE_ATTR_ADMIN_RO(held_pages);
static DEVICE_ATTR_ADMIN_RO(events);
static DEVICE_ATTR_ADMIN_RO(dropped);
static DEVICE_ATTR_ADMIN_RO(key_holder);

// clang-format off
static struct attribute *attributes[] = {
	&answer_abi.attribute.attr,
	&answer_cpus.attribute.attr,
	&answer_regions.attribute.attr,
	&answer_blocked.attribute.attr,
	&answer_free_pages.attribute.attr,
	&answer_shootdowns.attribute.attr,
	&dev_attr_engine.attr,
	&dev_attr_guards.attr,
	&dev_attr_held_pages.attr,
	&dev_attr_events.attr,
	&dev_attr_dropped.attr,
	&dev_attr_key_holder.attr,
	NULL,
};
// clang-format on
static const struct attribute_group group = { .attrs = attributes };

const struct attribute_group *tessera_sysfs_groups[] = { &group, NULL };
