// SPDX-License-Identifier: GPL-2.0 OR MIT
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "tessera_dev.h"

#include <linux/capability.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "tessera.h"
#include "tessera_guard.h"
#include "tessera_key.h"
#include "tessera_reader.h"
#include "tessera_stream.h"
#include "tessera_sysfs.h"

/* The argument of a request, in and out. */
union request {
	struct tessera_info info;
	struct tessera_guard guard;
	struct tessera_rule rule;
	struct tessera_region_query region;
	struct tessera_number_query number;
	struct tessera_events events;
	struct tessera_statistics statistics;
	struct tessera_log_request log;
};

static u64 query_or_zero(enum tessera_query what)
{
	u64 value;

	return tessera_query(what, &value) ? 0 : value;
}

static long request_info(struct file *file, union request *r)
{
	u64 held, ignored;
	u32 guards = tessera_guard_count(&held);
	int err = tessera_query(TESSERA_QUERY_ABI, &ignored);

	r->info = (struct tessera_info){
		.abi = query_or_zero(TESSERA_QUERY_ABI),
		.features = query_or_zero(TESSERA_QUERY_FEATURES),
		.engine = query_or_zero(TESSERA_QUERY_ENGINE),
		.cpus = query_or_zero(TESSERA_QUERY_CPUS),
		.regions = query_or_zero(TESSERA_QUERY_REGIONS),
		.blocked = query_or_zero(TESSERA_QUERY_BLOCKED),
		.free_pages = query_or_zero(TESSERA_QUERY_FREE_PAGES),
		.shootdowns = query_or_zero(TESSERA_QUERY_SHOOTDOWNS),
		.guards = guards,
		.held = held,
		.state = (tessera_key() ? TESSERA_DRIVER_KEY_HOLDER : 0) |
			 (tessera_stream_exists() ? TESSERA_DRIVER_EVENTS : 0),
	};
	return err;
}

static long request_guard(struct file *file, union request *r)
{
	return tessera_guard_add(file, &r->guard);
}

static long request_unguard(struct file *file, union request *r)
{
	return tessera_guard_remove(r->guard.number);
}

static long request_guard_get(struct file *file, union request *r)
{
	return tessera_guard_get(&r->guard);
}

static long request_rule_create(struct file *file, union request *r)
{
	return tessera_rule_create(&r->rule);
}

static long request_rule_delete(struct file *file, union request *r)
{
	return tessera_guard_delete_rule(r->rule.number);
}

static long request_rule_get(struct file *file, union request *r)
{
	return tessera_rule_get(r->rule.number, &r->rule);
}

static long request_region_get(struct file *file, union request *r)
{
	return tessera_region_get(r->region.index, &r->region.region);
}

static long request_seal(struct file *file, union request *r)
{
	int err = tessera_seal(r->rule.number);

	if (!err)
		pr_notice("sealed: its guards stay until reset, and so does this module\n");
	return err;
}

static long request_query(struct file *file, union request *r)
{
	return tessera_query(r->number.what, &r->number.value);
}

static long request_events(struct file *file, union request *r)
{
	return tessera_reader_events(file, &r->events);
}

static long request_claim(struct file *file, union request *r)
{
	return tessera_key_claim();
}

static long request_release(struct file *file, union request *r)
{
	return tessera_key_release();
}

static long request_lockdown(struct file *file, union request *r)
{
	return tessera_key_lockdown();
}

static long request_statistics(struct file *file, union request *r)
{
	return tessera_statistics(&r->statistics);
}

static long request_log(struct file *file, union request *r)
{
	int lines = tessera_log_read(r->log.log, r->log.sequence, r->log.line, r->log.lines);

	r->log.lines = max(lines, 0);
	return min(lines, 0);
}

// clang-format off
static const struct {
	unsigned int command;
	long (*run)(struct file *file, union request *r);
} requests[] = {
	[_IOC_NR(TESSERA_IOC_INFO)]        = { TESSERA_IOC_INFO, request_info },
	[_IOC_NR(TESSERA_IOC_GUARD)]       = { TESSERA_IOC_GUARD, request_guard },
	[_IOC_NR(TESSERA_IOC_UNGUARD)]     = { TESSERA_IOC_UNGUARD, request_unguard },
	[_IOC_NR(TESSERA_IOC_GUARD_GET)]   = { TESSERA_IOC_GUARD_GET, request_guard_get },
	[_IOC_NR(TESSERA_IOC_RULE_CREATE)] = { TESSERA_IOC_RULE_CREATE, request_rule_create },
	[_IOC_NR(TESSERA_IOC_RULE_DELETE)] = { TESSERA_IOC_RULE_DELETE, request_rule_delete },
	[_IOC_NR(TESSERA_IOC_RULE_GET)]    = { TESSERA_IOC_RULE_GET, request_rule_get },
	[_IOC_NR(TESSERA_IOC_REGION_GET)]  = { TESSERA_IOC_REGION_GET, request_region_get },
	[_IOC_NR(TESSERA_IOC_SEAL)]        = { TESSERA_IOC_SEAL, request_seal },
	[_IOC_NR(TESSERA_IOC_QUERY)]       = { TESSERA_IOC_QUERY, request_query },
	[_IOC_NR(TESSERA_IOC_EVENTS)]      = { TESSERA_IOC_EVENTS, request_events },
	[_IOC_NR(TESSERA_IOC_CLAIM)]       = { TESSERA_IOC_CLAIM, request_claim },
	[_IOC_NR(TESSERA_IOC_RELEASE)]     = { TESSERA_IOC_RELEASE, request_release },
	[_IOC_NR(TESSERA_IOC_LOCKDOWN)]    = { TESSERA_IOC_LOCKDOWN, request_lockdown },
	[_IOC_NR(TESSERA_IOC_STATISTICS)]  = { TESSERA_IOC_STATISTICS, request_statistics },
	[_IOC_NR(TESSERA_IOC_LOG)]         = { TESSERA_IOC_LOG, request_log },
};

// clang-format on

static long copy_and_run(struct file *file, unsigned int command, void __user *user,
			 union request *r)
{
	unsigned int size = _IOC_SIZE(command);
	long result;

	if ((_IOC_DIR(command) & _IOC_WRITE) && copy_from_user(r, user, size))
		return -EFAULT;
	result = requests[_IOC_NR(command)].run(file, r);
	if (result >= 0 && (_IOC_DIR(command) & _IOC_READ) && copy_to_user(user, r, size))
		return -EFAULT;
	return result;
}

static long device_ioctl(struct file *file, unsigned int command, unsigned long argument)
{
	unsigned int number = _IOC_NR(command);
	union request *r;
	long result;

	if (number >= ARRAY_SIZE(requests) || requests[number].command != command)
		return -ENOTTY;
	r = kzalloc(_IOC_SIZE(command), GFP_KERNEL);
	if (!r)
		return -ENOMEM;
	result = copy_and_run(file, command, (void __user *)argument, r);
	kfree(r);
	return result;
}

static int device_open(struct inode *inode, struct file *file)
{
	return capable(CAP_SYS_ADMIN) ? tessera_reader_open(file) : -EPERM;
}

static int device_release(struct inode *inode, struct file *file)
{
	tessera_guard_end_of_file(file);
	tessera_reader_close(file);
	return 0;
}

static const struct file_operations device_fops = {
	.owner = THIS_MODULE,
	.open = device_open,
	.release = device_release,
	.read = tessera_reader_read,
	.llseek = tessera_reader_seek,
	.poll = tessera_reader_poll,
	.mmap = tessera_reader_map,
	.unlocked_ioctl = device_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

static struct miscdevice tessera_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "tessera",
	.fops = &device_fops,
	.mode = 0600,
	.groups = tessera_sysfs_groups,
};

/**
 * tessera_dev_add() - register /dev/tessera
 *
 * Context: Process context. May sleep.
 * Return: 0 or a negative errno.
 */
int tessera_dev_add(void)
{
	return misc_register(&tessera_device);
}

/**
 * tessera_dev_remove() - unregister /dev/tessera
 *
 * Context: Process context. May sleep.
 */
void tessera_dev_remove(void)
{
	misc_deregister(&tessera_device);
}
