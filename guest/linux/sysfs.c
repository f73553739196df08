// SPDX-License-Identifier: GPL-2.0 OR MIT
#include "sysfs.h"

#include <linux/kobject.h>
#include <linux/sysfs.h>

#include "tessera.h"

struct answer {
	struct kobj_attribute attribute;
	enum tessera_query what;
};

static ssize_t show(struct kobject *kobject, struct kobj_attribute *attribute, char *text)
{
	const struct answer *a = container_of(attribute, struct answer, attribute);
	u64 value;
	int error = tessera_query(a->what, &value);

	return error ? error : sysfs_emit(text, "%llu\n", value);
}

static ssize_t engine_show(struct kobject *kobject, struct kobj_attribute *attribute, char *text)
{
	u64 engine;
	int error = tessera_query(TESSERA_QUERY_ENGINE, &engine);

	if (error)
		return error;
	return sysfs_emit(text, "%s\n",
			  engine == TESSERA_ENGINE_HARDWARE ? "hardware" : "software");
}

// Root only, and only what is the machine's: a reader cannot know which processor answers.
#define ANSWER(name, query)                                                    \
	static struct answer answer_##name = { __ATTR(name, 0400, show, NULL), \
					       TESSERA_QUERY_##query }

ANSWER(abi, ABI);
ANSWER(cpus, CPUS);
ANSWER(regions, REGIONS);
ANSWER(denied, DENIED);
ANSWER(free_pages, FREE_PAGES);
ANSWER(flushes, FLUSHES);
static struct kobj_attribute engine = __ATTR(engine, 0400, engine_show, NULL);

// clang-format off
static struct attribute *attributes[] = {
	&answer_abi.attribute.attr,
	&answer_cpus.attribute.attr,
	&answer_regions.attribute.attr,
	&answer_denied.attribute.attr,
	&answer_free_pages.attribute.attr,
	&answer_flushes.attribute.attr,
	&engine.attr,
	NULL,
};
// clang-format on
static const struct attribute_group group = { .attrs = attributes };

static struct kobject *folder;

int tessera_sysfs_add(void)
{
	int error;

	folder = kobject_create_and_add("tessera", kernel_kobj);
	if (!folder)
		return -ENOMEM;
	error = sysfs_create_group(folder, &group);
	if (error)
		kobject_put(folder);
	return error;
}

void tessera_sysfs_remove(void)
{
	sysfs_remove_group(folder, &group);
	kobject_put(folder);
}
