// SPDX-License-Identifier: MIT
// The counters behind COUNT_READ and COUNT_WRITE (vmx/vmcs/vmcs.h), in the benchmark's build only.
#ifdef COUNT_VMCS
#include "hv/lib/boot_info.h"
#include "vmx/vmcs/vmcs.h"

u64 vmcs_reads[BOOT_CPUS_MAX], vmcs_writes[BOOT_CPUS_MAX];
#endif
