// SPDX-License-Identifier: MIT
// Manual: "Issuing Interprocessor Interrupts", "Extended XAPIC (x2APIC)".
#include "hv/x86/apic.h"

#include "hv/x86/insn.h"
#include "hv/x86/msr.h"

#define APIC_ID_REG 0x20
#define APIC_LDR    0xd0
#define APIC_DFR    0xe0
#define DFR_FLAT    0xf
#define ICR_NMI     (4U << 8 | 1U << 14)
#define ICR_PENDING (1U << 12)

static volatile u32 *xapic;

void apic_init(volatile void *page)
{
	xapic = page;
}

u64 apic_page(void)
{
	return rdmsr(IA32_APIC_BASE) & APIC_BASE_ADDR;
}

u32 apic_read(u32 offset)
{
	return xapic[offset / 4];
}

void apic_write(u32 offset, u32 value)
{
	xapic[offset / 4] = value;
}

bool apic_is_x2apic(void)
{
	return rdmsr(IA32_APIC_BASE) & APIC_BASE_X2APIC;
}

// Manual: "Logical Destination Mode". In the cluster model the upper 4 bits are a number.
bool apic_has_logical_id(u32 mda)
{
	u32 id = apic_read(APIC_LDR) >> 24;

	if (apic_read(APIC_DFR) >> 28 == DFR_FLAT)
		return id & mda;
	return (id ^ mda) < 0x10 && (id & mda & 0xf);
}

u32 apic_id(void)
{
	if (apic_is_x2apic())
		return rdmsr(IA32_X2APIC_APICID);
	return apic_read(APIC_ID_REG) >> 24;
}

static void wait_until_sent(void)
{
	while (apic_read(APIC_ICR_LOW) & ICR_PENDING)
		pause();
}

void apic_send(u32 id, u32 command)
{
	if (apic_is_x2apic()) {
		wrmsr(IA32_X2APIC_ICR, (u64)id << 32 | command);
		return;
	}
	u32 high = apic_read(APIC_ICR_HIGH);

	wait_until_sent();
	apic_write(APIC_ICR_HIGH, id << 24);
	apic_write(APIC_ICR_LOW, command);
	wait_until_sent();
	apic_write(APIC_ICR_HIGH, high);
}

void apic_send_nmi(u32 id)
{
	apic_send(id, ICR_NMI);
}
