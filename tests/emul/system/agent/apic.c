// SPDX-License-Identifier: MIT
#include "tests/emul/system/agent/apic.h"

#include "hv/x86/io.h"
#include "tests/emul/system/agent/agent.h"

enum apic_register {
	APIC_ID = 0x20,
	APIC_TPR = 0x80,
	APIC_EOI = 0xb0,
	APIC_SPURIOUS = 0xf0,
	APIC_ICR = 0x300,
	APIC_ICR_TO = 0x310,
	APIC_TIMER = 0x320,
	APIC_LINT0 = 0x350,
	APIC_TIMER_START = 0x380,
	APIC_TIMER_DIVIDE = 0x3e0,
};

#define MASKED      0x10000U
#define PERIODIC    0x20000U
#define DIVIDE_BY_1 0xbU
#define SOFTWARE_ON 0x100U
#define SPURIOUS    0xffU
#define SENDING     0x1000U
#define PIC_DATA_1  0x21
#define PIC_DATA_2  0xa1

static volatile u32 *apic(enum apic_register r)
{
	return (volatile u32 *)(u64)(APIC_BASE + r);
}

u32 apic_id(void)
{
	return *apic(APIC_ID) >> 24;
}

void apic_quiet(void)
{
	outb(PIC_DATA_1, 0xff);
	outb(PIC_DATA_2, 0xff);
	*apic(APIC_TIMER) = MASKED;
	*apic(APIC_LINT0) = MASKED;
	*apic(APIC_TPR) = 0;
	*apic(APIC_SPURIOUS) = SOFTWARE_ON | SPURIOUS;
}

void apic_send(u32 to, u32 command)
{
	*apic(APIC_ICR_TO) = to << 24;
	*apic(APIC_ICR) = command;
	while (*apic(APIC_ICR) & SENDING)
		__builtin_ia32_pause();
}

void apic_done(void)
{
	*apic(APIC_EOI) = 0;
}

void apic_timer(u32 vector, u32 ticks)
{
	*apic(APIC_TIMER_DIVIDE) = DIVIDE_BY_1;
	*apic(APIC_TIMER) = ticks ? PERIODIC | vector : MASKED;
	*apic(APIC_TIMER_START) = ticks;
}
