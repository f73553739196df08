// SPDX-License-Identifier: MIT
// The enabled CPUs of this machine and a way to run code on each of them.
#ifndef BOOT_CPU_PROCESSORS_H
#define BOOT_CPU_PROCESSORS_H

#include "boot/cpu/check.h"
#include "boot/cpu/mp.h"

struct processors {
	struct mp_services *mp;
	u32 count;                   // enabled ones
	UINTN number[BOOT_CPUS_MAX]; // the firmware's number of our CPU n; n = 0 is the
				     // current one
	struct facts facts[BOOT_CPUS_MAX];
};

// Finds the CPUs and collects the facts of each. Errors: EFI_NOT_FOUND when the firmware has
// no MP services, EFI_BUFFER_TOO_SMALL with more than BOOT_CPUS_MAX CPUs, or the error of the
// MP services.
EFI_STATUS processors_find(struct processors *p);

// Runs procedure(argument) on CPU `cpu` and waits until it is done, for 10 seconds at most:
// then EFI_TIMEOUT, and the CPU may still run it. The procedure calls no firmware.
EFI_STATUS processors_run(struct processors *p, u32 cpu, mp_procedure procedure, void *argument);

#endif
