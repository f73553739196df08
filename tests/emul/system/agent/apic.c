// SPDX-License-Identifier: MIT
#include "tests/emul/system/agent/apic.h"

#include "hv/x86/io.h"
#include "hv/x86/msr.h"
#include "tests/emul/system/agent/agent.h"

enum apic_register {
	APIC_ID = 0x20,
	APIC_TPR = 0x80,
	APIC_EOI = 0xb0,
	APIC_LDR = 0xd0,
	APIC_SPURIOUS = 0xf0,
	APIC_ICR = 0x300,
	APIC_ICR_TO = 0x310,
	APIC_TIMER = 0x320,
	APIC_LINT0 = 0x350,
	APIC_TIMER_START = 0x380,
	APIC_TIMER_DIVIDE = 0x3e0,
};

#define X2APIC      BIT(10)
#define X2APIC_MSR  0x800U
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

static bool is_x2apic(void)
{
	return rdmsr(IA32_APIC_BASE) & X2APIC;
}

static void write(enum apic_register r, u32 value)
{
	if (is_x2apic())
		wrmsr(X2APIC_MSR + r / 16, value);
	else
		*apic(r) = value;
}

u32 apic_id(void)
{
	return is_x2apic() ? (u32)rdmsr(X2APIC_MSR + APIC_ID / 16) : *apic(APIC_ID) >> 24;
}

void apic_to_x2apic(void)
{
	wrmsr(IA32_APIC_BASE, rdmsr(IA32_APIC_BASE) | X2APIC);
}

void apic_set_logical_id(u32 id)
{
	*apic(APIC_LDR) = id << 24;
}

void apic_quiet(void)
{
	outb(PIC_DATA_1, 0xff);
	outb(PIC_DATA_2, 0xff);
	write(APIC_TIMER, MASKED);
	write(APIC_LINT0, MASKED);
	write(APIC_TPR, 0);
	write(APIC_SPURIOUS, SOFTWARE_ON | SPURIOUS);
}

void apic_send(u32 to, u32 command)
{
	if (is_x2apic()) {
		wrmsr(X2APIC_MSR + APIC_ICR / 16, (u64)to << 32 | command);
		return;
	}
	*apic(APIC_ICR_TO) = to << 24;
	*apic(APIC_ICR) = command;
	while (*apic(APIC_ICR) & SENDING)
		__builtin_ia32_pause();
}

#define WAIT(turns)                  \
	"mov %[" #turns "], %%r8d\n" \
	"1: sub $2, %%r8d\n"         \
	"jns 1b\n"

void apic_send_pair(struct apic_pair p, u32 delay)
{
	if (is_x2apic())
		__asm__ volatile("mov %[to], %%edx\n"
				 "mov %[first], %%eax\n"
				 "wrmsr\n" WAIT(delay) "mov %[then_to], %%edx\n"
						       "mov %[second], %%eax\n"
						       "wrmsr\n" ::[to] "r"(p.to),
				 [first] "r"(p.first), [then_to] "r"(p.then_to),
				 [second] "r"(p.second), [delay] "r"(delay),
				 "c"(X2APIC_MSR + APIC_ICR / 16)
				 : "rax", "rdx", "r8", "memory", "cc");
	else
		__asm__ volatile("mov %[to], (%[icr_to])\n"
				 "mov %[first], (%[icr])\n" WAIT(
					 delay) "mov %[then_to], (%[icr_to])\n"
						"mov %[second], (%[icr])\n" ::[to] "r"(p.to << 24),
				 [first] "r"(p.first), [then_to] "r"(p.then_to << 24),
				 [second] "r"(p.second), [delay] "r"(delay),
				 [icr] "r"(apic(APIC_ICR)), [icr_to] "r"(apic(APIC_ICR_TO))
				 : "r8", "memory", "cc");
}

void apic_done(void)
{
	write(APIC_EOI, 0);
}

void apic_timer(u32 vector, u32 ticks)
{
	write(APIC_TIMER_DIVIDE, DIVIDE_BY_1);
	write(APIC_TIMER, ticks ? PERIODIC | vector : MASKED);
	write(APIC_TIMER_START, ticks);
}
