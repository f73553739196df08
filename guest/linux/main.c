// SPDX-License-Identifier: GPL-2.0 OR MIT
// tessera.ko: Tessera's calls for other kernel modules, /dev/tessera for programs, and the
// hypervisor's numbers under /sys/kernel/tessera.
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>

#include "device.h"
#include "sysfs.h"
#include "tessera/call.h"

static int __init start(void)
{
	u32 version = tessera_present();
	u64 engine;
	int error;

	if (!version) {
		pr_err("Tessera is not running below this kernel: boot through its loader\n");
		return -ENODEV;
	}
	if (version != TESSERA_ABI_VERSION) {
		pr_err("the hypervisor speaks ABI %u and this driver %u: install its match\n",
		       version, TESSERA_ABI_VERSION);
		return -EPROTONOSUPPORT;
	}
	error = tessera_sysfs_add();
	if (error)
		return error;
	error = tessera_device_add();
	if (error) {
		tessera_sysfs_remove();
		return error;
	}
	engine = tessera_call_query(TESSERA_QUERY_ENGINE).value;
	pr_notice("ABI %u, %s engine, %llu processors\n", version,
		  engine == TESSERA_ENGINE_HARDWARE ? "hardware" : "software",
		  tessera_call_query(TESSERA_QUERY_CPUS).value);
	return 0;
}

static void __exit stop(void)
{
	tessera_device_remove();
	tessera_sysfs_remove();
}

module_init(start);
module_exit(stop);
MODULE_LICENSE("Dual MIT/GPL");
MODULE_DESCRIPTION("Calls to the Tessera hypervisor");
