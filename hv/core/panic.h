// SPDX-License-Identifier: MIT
// What stops a machine or one CPU for good.
#ifndef HV_CORE_PANIC_H
#define HV_CORE_PANIC_H

#include "hv/core/cpu.h"

// Resets the machine. Does not return.
void machine_reset(void) __attribute__((noreturn));

// Switches the machine off as the firmware's tables say. Returns if that has no effect.
struct acpi_off;
void machine_off(const struct acpi_off *off);

// For a shutdown of the guest (triple fault): reports on the serial line and resets, as hardware
// does.
void machine_triple_fault(struct cpu *c) __attribute__((noreturn));

// For an unexpected exit: reports to the log and parks this CPU until reset. The other CPUs and the
// console continue. `what` is a sentence.
void cpu_park(struct cpu *c, const char *what) __attribute__((noreturn));

// For a broken promise of the hypervisor itself. Prints directly to the serial line, including what
// to do next, reports to the log, and does what the config says: stops this CPU, resets the machine
// or devirtualizes it. A panic inside a panic still prints.
void panic(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

#endif
