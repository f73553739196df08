// SPDX-License-Identifier: GPL-2.0 OR MIT
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "tessera_dev.h"

#include <linux/capability.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "tessera_guard.h"
#include "tessera_key.h"
#include "tessera_reader.h"
#include "tessera_stream.h"
#include "tessera_sysfs.h"
#include "tessera.h"

// What a program hands in, and what it gets back.
union request {
	struct tessera_info info;
	struct tessera_guard guard;
	struct tessera_rule rule;
	struct tessera_region_query region;
	struct tessera_number_query query;
	struct tessera_events events;
	struct tessera_statistics statistics;
	struct tessera_log_request log;
};

static u64 ask(enum tessera_query what)
{
	u64 value;

	tessera_query(what, &value);
	return value;
}

static long info(struct file *file, union request *r)
{
	u64 held, ignored;
	u32 guards = tessera_guard_count(&held);
	int error = tessera_query(TESSERA_QUERY_ABI, &ignored);

	r->info = (struct tessera_info){
		.abi = ask(TESSERA_QUERY_ABI),
		.features = ask(TESSERA_QUERY_FEATURES),
		.engine = ask(TESSERA_QUERY_ENGINE),
		.cpus = ask(TESSERA_QUERY_CPUS),
		.regions = ask(TESSERA_QUERY_REGIONS),
		.blocked = ask(TESSERA_QUERY_DENIED),
		.free_pages = ask(TESSERA_QUERY_FREE_PAGES),
		.shootdowns = ask(TESSERA_QUERY_FLUSHES),
		.guards = guards,
		.held = held,
		.state = (tessera_key() ? TESSERA_DRIVER_KEY_HOLDER : 0) |
			 (tessera_stream_here() ? TESSERA_DRIVER_EVENTS : 0),
	};
	return error;
}

static long guard_memory(struct file *file, union request *r)
{
	return tessera_guard_add(file, &r->guard);
}

static long unguard_memory(struct file *file, union request *r)
{
	return tessera_guard_remove(r->guard.number);
}

static long get_guard(struct file *file, union request *r)
{
	return tessera_guard_get(&r->guard);
}

static long rule_create(struct file *file, union request *r)
{
	return tessera_rule_create(&r->rule);
}

static long rule_delete(struct file *file, union request *r)
{
	return tessera_rule_delete(r->rule.number);
}

static long rule_get(struct file *file, union request *r)
{
	return tessera_rule_get(r->rule.number, &r->rule);
}

static long region_get(struct file *file, union request *r)
{
	return tessera_region_get(r->region.index, &r->region.region);
}

static long seal(struct file *file, union request *r)
{
	int error = tessera_seal(r->rule.number);

	if (!error)
		pr_notice("sealed: its guards stay until reset, and so does this driver\n");
	return error;
}

static long question(struct file *file, union request *r)
{
	return tessera_query(r->query.what, &r->query.value);
}

static long events(struct file *file, union request *r)
{
	return tessera_reader_events(file, &r->events);
}

static long claim(struct file *file, union request *r)
{
	return tessera_key_claim();
}

static long release(struct file *file, union request *r)
{
	return tessera_key_release();
}

static long lockdown(struct file *file, union request *r)
{
	return tessera_key_lockdown();
}

static long statistics(struct file *file, union request *r)
{
	return tessera_statistics(&r->statistics);
}

static long read_log(struct file *file, union request *r)
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
	[_IOC_NR(TESSERA_IOC_INFO)]        = { TESSERA_IOC_INFO, info },
	[_IOC_NR(TESSERA_IOC_GUARD)]       = { TESSERA_IOC_GUARD, guard_memory },
	[_IOC_NR(TESSERA_IOC_UNGUARD)]     = { TESSERA_IOC_UNGUARD, unguard_memory },
	[_IOC_NR(TESSERA_IOC_GUARD_GET)]   = { TESSERA_IOC_GUARD_GET, get_guard },
	[_IOC_NR(TESSERA_IOC_RULE_CREATE)] = { TESSERA_IOC_RULE_CREATE, rule_create },
	[_IOC_NR(TESSERA_IOC_RULE_DELETE)] = { TESSERA_IOC_RULE_DELETE, rule_delete },
	[_IOC_NR(TESSERA_IOC_RULE_GET)]    = { TESSERA_IOC_RULE_GET, rule_get },
	[_IOC_NR(TESSERA_IOC_REGION_GET)]  = { TESSERA_IOC_REGION_GET, region_get },
	[_IOC_NR(TESSERA_IOC_SEAL)]        = { TESSERA_IOC_SEAL, seal },
	[_IOC_NR(TESSERA_IOC_QUERY)]       = { TESSERA_IOC_QUERY, question },
	[_IOC_NR(TESSERA_IOC_EVENTS)]      = { TESSERA_IOC_EVENTS, events },
	[_IOC_NR(TESSERA_IOC_CLAIM)]       = { TESSERA_IOC_CLAIM, claim },
	[_IOC_NR(TESSERA_IOC_RELEASE)]     = { TESSERA_IOC_RELEASE, release },
	[_IOC_NR(TESSERA_IOC_LOCKDOWN)]    = { TESSERA_IOC_LOCKDOWN, lockdown },
	[_IOC_NR(TESSERA_IOC_STATISTICS)]  = { TESSERA_IOC_STATISTICS, statistics },
	[_IOC_NR(TESSERA_IOC_LOG)]         = { TESSERA_IOC_LOG, read_log },
};
// clang-format on

static long carry_out(struct file *file, unsigned int command, void __user *user, union request *r)
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
	result = carry_out(file, command, (void __user *)argument, r);
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

static const struct file_operations operations = {
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

static struct miscdevice device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "tessera",
	.fops = &operations,
	.mode = 0600,
	.groups = tessera_sysfs_groups,
};

int tessera_dev_add(void)
{
	return misc_register(&device);
}

void tessera_dev_remove(void)
{
	misc_deregister(&device);
}
