// SPDX-License-Identifier: MIT
// INIT and SIPI: how an operating system starts its other CPUs. Each CPU keeps what it received in
// cpu.start and acts on it before VM entry, so that an INIT and a SIPI right after it also reach a
// CPU in root mode.
//
//	runs ---- INIT ----> waits for SIPI ---- SIPI ----> runs, reset, at the SIPI's page
//
// The CPU waits in the VMX activity state of that name, or in root mode where VMX has no such state
// or the configuration says so (sipi = single, software).
#ifndef VMX_EXIT_INIT_SIPI_H
#define VMX_EXIT_INIT_SIPI_H

#include "hv/core/cpu.h"

// Another CPU's command for `target`, or its own. With `logical` not 0 the INIT counts only if the
// target has that logical xAPIC ID. Waits a few microseconds at most. Any CPU in root mode; page
// locks at most are held.
void start_send_init(struct cpu *target, u32 logical);
void start_send_sipi(struct cpu *target, u32 vector);

// Before VM entry with WORK_START set.
void start_work(struct cpu *c);

#endif
