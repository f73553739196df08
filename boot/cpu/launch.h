// SPDX-License-Identifier: MIT
// Enters the hypervisor on every CPU, and rolls that back if a CPU fails.
#ifndef BOOT_CPU_LAUNCH_H
#define BOOT_CPU_LAUNCH_H

#include "boot/cpu/processors.h"
#include "boot/place/image.h"

struct launch_result {
	s32 error;         // BOOT_OK, or the error of the hypervisor: enum boot_error, BOOT_LACKS()
	EFI_STATUS status; // of the MP services: an error when the CPU was not reached
	u32 cpu;           // the CPU that failed; BOOT_CPUS_MAX = the final call for all of them
	bool stuck;        // a CPU may still run in the block: it must stay reserved
};

// Enters the hypervisor on all CPUs, ours first, and closes the loader's calls. After a
// failure every CPU is as it was before; returns the first failure.
struct launch_result launch(struct processors *p, const struct placement *placement);

#endif
