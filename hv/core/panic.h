// SPDX-License-Identifier: MIT
// What stops a machine or one CPU for good.
#ifndef HV_CORE_PANIC_H
#define HV_CORE_PANIC_H

#include "hv/core/cpu.h"

// Resets the machine. Does not return.
void machine_reset(void) __attribute__((noreturn));

// Switches the machine off as its firmware's tables say. Returns when it does not go off.
struct acpi_off;
void machine_off(const struct acpi_off *off);

// The guest shut its CPU down: reports on the serial line and resets, as hardware would.
void machine_triple_fault(struct cpu *c) __attribute__((noreturn));

// Something unexpected happened on this CPU: reports to the log and parks this CPU for good. The
// other CPUs and the console continue. `what` is a sentence.
void cpu_park(struct cpu *c, const char *what) __attribute__((noreturn));

// The hypervisor broke one of its own promises. Prints straight to the serial line, what to do next
// included, reports to the log, and does what the config says: stops this CPU, resets the
// machine or takes Tessera off. A panic inside a panic still prints.
void panic(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

#endif
