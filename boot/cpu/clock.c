// SPDX-License-Identifier: MIT
#include <efi.h>
#include <efilib.h>

#include "boot/cpu/clock.h"
#include "hv/x86/insn.h"

#define CPUID_TSC       0x15 // EAX: denominator, EBX: numerator, ECX: crystal in Hz
#define CPUID_FREQUENCY 0x16 // EAX: base frequency in MHz, which the TSC counts
#define MHZ             1000000ULL
#define MEASURE_US      2000

// Manual: "Time Stamp Counter and Nominal Core Crystal Clock Information Leaf".
static u64 stated_tsc_hz(void)
{
	u32 leaves = cpuid(0, 0).eax;
	struct cpuid tsc;

	if (leaves < CPUID_TSC)
		return 0;
	tsc = cpuid(CPUID_TSC, 0);
	if (tsc.eax && tsc.ebx && tsc.ecx)
		return (u64)tsc.ecx * tsc.ebx / tsc.eax;
	return leaves < CPUID_FREQUENCY ? 0 : cpuid(CPUID_FREQUENCY, 0).eax * MHZ;
}

static u64 measure_tsc_hz(void)
{
	u64 start = rdtsc();

	BS->Stall(MEASURE_US);
	return MAX((rdtsc() - start) * (MHZ / MEASURE_US), 1);
}

u64 clock_tsc_hz(void)
{
	u64 hz = stated_tsc_hz();

	return hz ? hz : measure_tsc_hz();
}
