// SPDX-License-Identifier: MIT
// Manual: "Issuing Interprocessor Interrupts", "Extended XAPIC (x2APIC)".
#include "hv/x86/apic.h"

#include "hv/x86/insn.h"
#include "hv/x86/msr.h"

#define APIC_ID_REG   0x20
#define APIC_LDR      0xd0
#define APIC_DFR      0xe0
#define APIC_TPR      0x80
#define APIC_SVR      0xf0
#define APIC_ESR      0x280
#define APIC_TIMER    0x320
#define APIC_LINT0    0x350
#define APIC_LINT1    0x360
#define APIC_LVT_LAST 0x370
#define APIC_COUNT    0x380
#define APIC_DIVIDE   0x3e0
#define SVR_RESET     0xff
#define SVR_ENABLE    0x100
#define TPR_ALL       0xff
#define LVT_NMI       0x400
#define LVT_EXTINT    0x700
#define LVT_MASKED    0x10000
#define DFR_FLAT      0xf
#define ICR_NMI       (4U << 8 | 1U << 14)
#define ICR_PENDING   (1U << 12)
#define SEND_TURNS    10000 // 1 to 10 ms

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

// In either mode.
static void set_register(u32 offset, u32 value)
{
	if (apic_is_x2apic())
		wrmsr(IA32_X2APIC_FIRST + offset / 16, value);
	else
		apic_write(offset, value);
}

// Manual: "Local APIC State After It Has Been Software Disabled": all of the LVT gets masked. The
// two pins are open again afterwards, and no vector has a class above that of the TPR.
void apic_pass_pins(void)
{
	set_register(APIC_SVR, SVR_RESET);
	set_register(APIC_TPR, TPR_ALL);
	set_register(APIC_SVR, SVR_RESET | SVR_ENABLE);
	set_register(APIC_LINT0, LVT_EXTINT);
	set_register(APIC_LINT1, LVT_NMI);
}

// Manual: "Local APIC State After Power-Up or Reset".
void apic_reset(void)
{
	apic_write(APIC_SVR, SVR_RESET);
	apic_write(APIC_TPR, 0);
	apic_write(APIC_LDR, 0);
	apic_write(APIC_DFR, ~0U);
	apic_write(APIC_COUNT, 0);
	apic_write(APIC_DIVIDE, 0);
	for (u32 lvt = APIC_TIMER; lvt <= APIC_LVT_LAST; lvt += 16)
		apic_write(lvt, LVT_MASKED);
	apic_write(APIC_ESR, 0);
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

// A CPU delivers at once; only old buses take longer. After the limit the APIC is not asked again:
// each wait for an IPI's effect has a limit of its own.
static void wait_until_sent(void)
{
	for (u32 i = 0; i < SEND_TURNS && apic_read(APIC_ICR_LOW) & ICR_PENDING; i++)
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
