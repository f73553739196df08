// SPDX-License-Identifier: GPL-2.0 OR MIT
/* tessera.ko: the hypercalls of Tessera for other kernel modules, and /dev/tessera for programs. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>

#include "tessera_calls.h"
#include "tessera_dev.h"
#include "tessera_guard.h"
#include "tessera_key.h"
#include "tessera_reboot.h"
#include "tessera_stream.h"

static bool claim = true;
module_param(claim, bool, 0400);
MODULE_PARM_DESC(claim, "become the key holder, so that only this driver changes the policy (on)");

static unsigned int ring_pages = 64;
module_param(ring_pages, uint, 0400);
MODULE_PARM_DESC(ring_pages, "pages of the event ring, 1 to 256, with 64 events each (64)");

static unsigned int poll_ms = 10;
module_param(poll_ms, uint, 0400);
MODULE_PARM_DESC(poll_ms, "milliseconds until a program that waits is told of an event (10)");

static int find_hypervisor(void)
{
	u32 version = tessera_abi_version();

	if (!version) {
		pr_err("Tessera does not run below this kernel: boot through its loader\n");
		return -ENODEV;
	}
	if (version != TESSERA_ABI_VERSION) {
		pr_err("hypervisor has ABI %u, driver ABI %u: install both of one version\n",
		       version, TESSERA_ABI_VERSION);
		return -EPROTONOSUPPORT;
	}
	return 0;
}

/* The driver also works without the key or without events: it warns and continues. */
static void begin_services(void)
{
	int err = claim ? tessera_key_claim() : 0;

	if (err == -EACCES)
		pr_warn("read-only: another agent holds the key, or the policy is locked down\n");
	else if (err)
		pr_warn("not the key holder: others may change the policy (%d)\n", err);
	err = tessera_stream_start(ring_pages, poll_ms);
	if (err)
		pr_warn("no events: the hypervisor does not accept the event ring (%d)\n", err);
}

static void end_services(void)
{
	tessera_guard_finish();
	if (tessera_stream_exists())
		tessera_stream_stop();
	if (tessera_key())
		tessera_key_release();
}

static void print_summary(void)
{
	u64 engine, cpus;

	tessera_query(TESSERA_QUERY_ENGINE, &engine);
	tessera_query(TESSERA_QUERY_CPUS, &cpus);
	pr_notice("ABI %u, %s engine, %llu CPUs\n", TESSERA_ABI_VERSION,
		  engine == TESSERA_ENGINE_HARDWARE ? "hardware" : "software", cpus);
}

static int __init tessera_init(void)
{
	int err = find_hypervisor();

	if (err)
		return err;
	err = tessera_guard_start();
	if (err)
		return err;
	begin_services();
	err = tessera_reboot_add();
	if (err)
		goto end;
	err = tessera_dev_add();
	if (err)
		goto remove_reboot;
	print_summary();
	return 0;

remove_reboot:
	tessera_reboot_remove();
end:
	end_services();
	return err;
}

static void __exit tessera_exit(void)
{
	tessera_dev_remove();
	tessera_reboot_remove();
	end_services();
}

module_init(tessera_init);
module_exit(tessera_exit);
MODULE_LICENSE("Dual MIT/GPL");
MODULE_DESCRIPTION("Driver for the Tessera hypervisor");
