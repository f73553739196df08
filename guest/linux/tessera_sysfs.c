// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "tessera_sysfs.h"

#include <linux/device.h>

#include "tessera.h"
#include "tessera_guard.h"
#include "tessera_key.h"
#include "tessera_stream.h"

struct query_attribute {
	struct device_attribute attribute;
	enum tessera_query what;
};

static ssize_t query_show(struct device *device, struct device_attribute *attribute, char *text)
{
	const struct query_attribute *a =
		container_of(attribute, struct query_attribute, attribute);
	u64 value;
	int err = tessera_query(a->what, &value);

	return err ? err : sysfs_emit(text, "%llu\n", value);
}

static ssize_t engine_show(struct device *device, struct device_attribute *attribute, char *text)
{
	u64 engine;
	int err = tessera_query(TESSERA_QUERY_ENGINE, &engine);

	if (err)
		return err;
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
	return sysfs_emit(text, "%llu\n", tessera_stream_exists() ? tessera_stream_next() : 0);
}

static ssize_t dropped_show(struct device *device, struct device_attribute *attribute, char *text)
{
	return sysfs_emit(text, "%llu\n", tessera_stream_exists() ? tessera_stream_dropped() : 0);
}

static ssize_t key_holder_show(struct device *device, struct device_attribute *attribute,
			       char *text)
{
	return sysfs_emit(text, "%u\n", !!tessera_key());
}

/*
 * Readable by root only. Numbers that are counted per CPU are left out: a reader does not know
 * which CPU it runs on.
 */
#define QUERY_ATTRIBUTE(name, query)                                                         \
	static struct query_attribute query_##name = { __ATTR(name, 0400, query_show, NULL), \
						       TESSERA_QUERY_##query }

QUERY_ATTRIBUTE(abi, ABI);
QUERY_ATTRIBUTE(cpus, CPUS);
QUERY_ATTRIBUTE(regions, REGIONS);
QUERY_ATTRIBUTE(blocked, BLOCKED);
QUERY_ATTRIBUTE(free_pages, FREE_PAGES);
QUERY_ATTRIBUTE(shootdowns, SHOOTDOWNS);
static DEVICE_ATTR_ADMIN_RO(engine);
static DEVICE_ATTR_ADMIN_RO(guards);
static DEVICE_ATTR_ADMIN_RO(held_pages);
static DEVICE_ATTR_ADMIN_RO(events);
static DEVICE_ATTR_ADMIN_RO(dropped);
static DEVICE_ATTR_ADMIN_RO(key_holder);

// clang-format off
static struct attribute *sysfs_attributes[] = {
	&query_abi.attribute.attr,
	&query_cpus.attribute.attr,
	&query_regions.attribute.attr,
	&query_blocked.attribute.attr,
	&query_free_pages.attribute.attr,
	&query_shootdowns.attribute.attr,
	&dev_attr_engine.attr,
	&dev_attr_guards.attr,
	&dev_attr_held_pages.attr,
	&dev_attr_events.attr,
	&dev_attr_dropped.attr,
	&dev_attr_key_holder.attr,
	NULL,
};

// clang-format on
static const struct attribute_group sysfs_group = { .attrs = sysfs_attributes };

/* For struct miscdevice. */
const struct attribute_group *tessera_sysfs_groups[] = { &sysfs_group, NULL };
