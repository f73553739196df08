// SPDX-License-Identifier: MIT
// Manual: "Issuing Interprocessor Interrupts", "Extended XAPIC (x2APIC)".
#include "hv/apic.h"

#include "hv/host.h"
#include "vmx/msr.h"
#include "vmx/ops.h"

#define APIC_BASE_X2APIC BIT(10)
#define APIC_BASE_ADDR   0xfffffffffffff000ULL
#define APIC_ID_REG      (0x20 / 4)
#define APIC_ICR_LOW     (0x300 / 4)
#define APIC_ICR_HIGH    (0x310 / 4)
#define ICR_NMI          (4U << 8 | 1U << 14)
#define ICR_PENDING      (1U << 12)

static volatile u32 *xapic;

bool apic_init(void)
{
	xapic = host_map_device(rdmsr(IA32_APIC_BASE) & APIC_BASE_ADDR);
	return xapic;
}

u32 apic_id(void)
{
	if (rdmsr(IA32_APIC_BASE) & APIC_BASE_X2APIC)
		return rdmsr(IA32_X2APIC_APICID);
	return xapic[APIC_ID_REG] >> 24;
}

static void settle(void)
{
	while (xapic[APIC_ICR_LOW] & ICR_PENDING)
		pause();
}

void apic_send_nmi(u32 id)
{
	if (rdmsr(IA32_APIC_BASE) & APIC_BASE_X2APIC) {
		wrmsr(IA32_X2APIC_ICR, (u64)id << 32 | ICR_NMI);
		return;
	}
	u32 high = xapic[APIC_ICR_HIGH];

	settle();
	xapic[APIC_ICR_HIGH] = id << 24;
	xapic[APIC_ICR_LOW] = ICR_NMI;
	settle();
	xapic[APIC_ICR_HIGH] = high;
}
