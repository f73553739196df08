// SPDX-License-Identifier: GPL-2.0 OR MIT
// tessera.ko: Tessera's calls for other kernel modules, and /dev/tessera for programs.
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>

#include "tessera_dev.h"
#include "tessera_guard.h"
#include "tessera_key.h"
#include "tessera_reboot.h"
#include "tessera_stream.h"
#include "tessera_calls.h"

static bool claim = true;
module_param(claim, bool, 0400);
MODULE_PARM_DESC(claim, "claim the policy, so that only this driver changes it (on)");

static unsigned int ring_pages = 64;
module_param(ring_pages, uint, 0400);
MODULE_PARM_DESC(ring_pages, "pages of memory for events, 1 to 256, 64 events each (64)");

static unsigned int poll_ms = 10;
module_param(poll_ms, uint, 0400);
MODULE_PARM_DESC(poll_ms, "milliseconds until who waits for an event is told of it (10)");

static int find_hypervisor(void)
{
	u32 version = tessera_abi_version();

	if (!version) {
		pr_err("Tessera is not running below this kernel: boot through its loader\n");
		return -ENODEV;
	}
	if (version != TESSERA_ABI_VERSION) {
		pr_err("the hypervisor speaks ABI %u and this driver %u: install its match\n",
		       version, TESSERA_ABI_VERSION);
		return -EPROTONOSUPPORT;
	}
	return 0;
}

// What is missing here is no reason to do without the rest: the driver shows and says it.
static void begin(void)
{
	int error = claim ? tessera_key_claim() : 0;

	if (error == -EACCES)
		pr_warn("another agent has claimed the policy, or it is locked down: nothing can "
			"be changed\n");
	else if (error)
		pr_warn("the policy cannot be claimed, so others may change it too (%d)\n", error);
	error = tessera_stream_start(ring_pages, poll_ms);
	if (error)
		pr_warn("no events: the hypervisor takes no ring from this driver (%d)\n", error);
}

static void finish(void)
{
	tessera_guard_finish();
	if (tessera_stream_here())
		tessera_stream_stop();
	if (tessera_key())
		tessera_key_release();
}

static int __init start(void)
{
	u64 engine, cpus;
	int error = find_hypervisor();

	if (error)
		return error;
	begin();
	error = tessera_reboot_add();
	if (error)
		goto end;
	error = tessera_dev_add();
	if (error)
		goto remove_shutdown;
	tessera_query(TESSERA_QUERY_ENGINE, &engine);
	tessera_query(TESSERA_QUERY_CPUS, &cpus);
	pr_notice("ABI %u, %s engine, %llu processors\n", TESSERA_ABI_VERSION,
		  engine == TESSERA_ENGINE_HARDWARE ? "hardware" : "software", cpus);
	return 0;

remove_shutdown:
	tessera_reboot_remove();
end:
	finish();
	return error;
}

static void __exit stop(void)
{
	tessera_dev_remove();
	tessera_reboot_remove();
	finish();
}

module_init(start);
module_exit(stop);
MODULE_LICENSE("Dual MIT/GPL");
MODULE_DESCRIPTION("Calls to the Tessera hypervisor");
