// SPDX-License-Identifier: GPL-2.0 OR MIT
// tessera_demo.ko: does one step of the demonstration for each name that is written to
// /sys/kernel/tessera_demo/step. What it finds goes to the kernel log, a line for each fact:
// "tessera-demo: ok: ..." or "tessera-demo: FAILED: ...". The write fails when a fact does.
#define pr_fmt(fmt) "tessera-demo: " fmt

#include "tessera_demo.h"

#include <linux/gfp.h>
#include <linux/kobject.h>
#include <linux/module.h>
#include <linux/sysfs.h>

static struct tessera_demo demo;
static DEFINE_MUTEX(lock);
static struct kobject *folder;

static const struct tessera_demo_step *find(const char *name)
{
	for (unsigned int i = 0; i < tessera_demo_step_count; i++)
		if (sysfs_streq(name, tessera_demo_steps[i].name))
			return &tessera_demo_steps[i];
	return NULL;
}

static int run(const struct tessera_demo_step *step)
{
	unsigned int failed = demo.failed;

	if (step->protected != demo.protected) {
		pr_err("'%s' wants the tile %s first\n", step->name,
		       step->protected ? "protected" : "open");
		return -EBUSY;
	}
	step->run(&demo);
	return demo.failed == failed ? 0 : -EIO;
}

static ssize_t step_store(struct kobject *kobject, struct kobj_attribute *attribute,
			  const char *name, size_t size)
{
	const struct tessera_demo_step *step = find(name);
	int error;

	if (!step)
		return -EINVAL;
	mutex_lock(&lock);
	error = run(step);
	mutex_unlock(&lock);
	return error ? error : size;
}

static ssize_t step_show(struct kobject *kobject, struct kobj_attribute *attribute, char *text)
{
	int length = 0;

	for (unsigned int i = 0; i < tessera_demo_step_count; i++)
		length += sysfs_emit_at(text, length, "%s\n", tessera_demo_steps[i].name);
	return length;
}

static ssize_t summary_show(struct kobject *kobject, struct kobj_attribute *attribute, char *text)
{
	return sysfs_emit(text, "%u ok, %u failed\n", demo.ok, demo.failed);
}

static struct kobj_attribute step = __ATTR(step, 0600, step_show, step_store);
static struct kobj_attribute summary = __ATTR(summary, 0400, summary_show, NULL);
static struct attribute *attributes[] = { &step.attr, &summary.attr, NULL };
static const struct attribute_group group = { .attrs = attributes };

static int __init start(void)
{
	int error = -ENOMEM;

	demo.page = (u8 *)get_zeroed_page(GFP_KERNEL);
	if (!demo.page)
		return -ENOMEM;
	folder = kobject_create_and_add("tessera_demo", kernel_kobj);
	if (!folder)
		goto free_page;
	error = sysfs_create_group(folder, &group);
	if (error)
		goto drop_folder;
	return 0;

drop_folder:
	kobject_put(folder);
free_page:
	free_page((unsigned long)demo.page);
	return error;
}

static void __exit stop(void)
{
	sysfs_remove_group(folder, &group);
	kobject_put(folder);
	tessera_demo_open(&demo);
	// A page that stayed protected must not go back to the allocator: its next owner would
	// fault.
	if (!demo.protected)
		free_page((unsigned long)demo.page);
}

module_init(start);
module_exit(stop);
MODULE_LICENSE("Dual MIT/GPL");
MODULE_DESCRIPTION("Demonstration of Tessera: one protected tile among its neighbours");
