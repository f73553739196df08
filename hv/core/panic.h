// SPDX-License-Identifier: MIT
// The end of the line for a machine or for one processor.
#ifndef HV_CORE_PANIC_H
#define HV_CORE_PANIC_H

#include "hv/core/cpu.h"

// Resets the machine. Does not return.
void machine_reset(void) __attribute__((noreturn));

// Switches the machine off as its firmware's tables say. Returns when it does not go off.
struct acpi_off;
void machine_off(const struct acpi_off *off);

// The guest shut its processor down: reports on the serial line and resets, as hardware would.
void machine_triple_fault(struct cpu *c) __attribute__((noreturn));

// A surprise on this processor: reports to the log, parks this processor for good and leaves the
// others and the console alive. `what` is a sentence.
void cpu_park(struct cpu *c, const char *what) __attribute__((noreturn));

// A broken promise of the hypervisor's own. Prints straight to the serial line, what to do next
// included, reports to the log, and does what the config says: stops this processor, resets the
// machine or takes Tessera off. A panic inside a panic still prints.
void panic(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

#endif
