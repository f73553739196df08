// SPDX-License-Identifier: MIT
// Reports whether the CPUs of this machine meet the requirements.
#ifndef BOOT_CPU_REPORT_H
#define BOOT_CPU_REPORT_H

#include "boot/cpu/processors.h"

// Finds all CPUs and their facts. If that fails, prints why and returns false.
bool report_find(struct processors *p);

// Finds and checks all CPUs, and reports each missing requirement once, with the CPUs that lack it
// and its remedy or what is lost without it. True when Tessera can start with that engine.
bool report_processors(struct processors *p, enum boot_engine engine);

#endif
