// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * tessera_demo.ko: runs the step of the demonstration whose name is written to
 * /sys/kernel/tessera_demo/step. Each fact that a step checks is a line of the kernel log:
 * "tessera-demo: ok: ..." or "tessera-demo: FAILED: ...". The write fails when a fact does.
 */
#define pr_fmt(fmt) "tessera-demo: " fmt

#include "tessera_demo.h"

#include <linux/gfp.h>
#include <linux/kobject.h>
#include <linux/module.h>
#include <linux/sysfs.h>

static struct tessera_demo demo;
static DEFINE_MUTEX(demo_lock);
static struct kobject *demo_folder;

static const struct tessera_demo_step *find_step(const char *name)
{
	for (unsigned int i = 0; i < tessera_demo_step_count; i++)
		if (sysfs_streq(name, tessera_demo_steps[i].name))
			return &tessera_demo_steps[i];
	return NULL;
}

static int run_step(const struct tessera_demo_step *step)
{
	unsigned int failed = demo.failed;

	if (step->protected != demo.protected) {
		pr_err("'%s' needs the tile %s first\n", step->name,
		       step->protected ? "protected" : "open");
		return -EBUSY;
	}
	step->run(&demo);
	return demo.failed == failed ? 0 : -EIO;
}

static ssize_t step_store(struct kobject *kobject, struct kobj_attribute *attribute,
			  const char *name, size_t size)
{
	const struct tessera_demo_step *step = find_step(name);
	int err;

	if (!step)
		return -EINVAL;
	mutex_lock(&demo_lock);
	err = run_step(step);
	mutex_unlock(&demo_lock);
	return err ? err : size;
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

static struct kobj_attribute step_attribute = __ATTR(step, 0600, step_show, step_store);
static struct kobj_attribute summary_attribute = __ATTR(summary, 0400, summary_show, NULL);
static struct attribute *demo_attributes[] = { &step_attribute.attr, &summary_attribute.attr,
					       NULL };
static const struct attribute_group demo_group = { .attrs = demo_attributes };

static int __init tessera_demo_init(void)
{
	int err = -ENOMEM;

	demo.page = (u8 *)get_zeroed_page(GFP_KERNEL);
	if (!demo.page)
		return -ENOMEM;
	demo_folder = kobject_create_and_add("tessera_demo", kernel_kobj);
	if (!demo_folder)
		goto free_page;
	err = sysfs_create_group(demo_folder, &demo_group);
	if (err)
		goto drop_folder;
	return 0;

drop_folder:
	kobject_put(demo_folder);
free_page:
	free_page((unsigned long)demo.page);
	return err;
}

static void __exit tessera_demo_exit(void)
{
	sysfs_remove_group(demo_folder, &demo_group);
	kobject_put(demo_folder);
	tessera_demo_open(&demo);
	/* The next user of a page that is still protected would fault: such a page is not freed. */
	if (!demo.protected)
		free_page((unsigned long)demo.page);
}

module_init(tessera_demo_init);
module_exit(tessera_demo_exit);
MODULE_LICENSE("Dual MIT/GPL");
MODULE_DESCRIPTION("Demonstration of Tessera: one protected tile among its neighbours");
