// SPDX-License-Identifier: MIT
#include "vmx/exit/msr_filter.h"

#include "hv/core/log.h"
#include "hv/core/vm.h"
#include "hv/x86/msr.h"
#include "vmx/exit/apic_base.h"
#include "vmx/exit/cpuid_known.h"
#include "vmx/exit/handlers.h"
#include "vmx/exit/memory_types.h"
#include "vmx/exit/icr_trap.h"
#include "vmx/vmcs/guest.h"

// Reads or writes the MSR for the guest. False injects #GP.
typedef bool (*msr_read)(struct cpu *c, u32 msr, u64 *value);
typedef bool (*msr_write)(struct cpu *c, u32 msr, u64 value);

#define MISC_ENABLE_UNAVAILABLE (MISC_ENABLE_NO_BTS | MISC_ENABLE_NO_PEBS)

// The format of LBRs, freezing in SMM, full-width writes, and both about metrics; nothing of PEBS.
#define PERF_CAPABILITIES_KNOWN (0x3fULL | BIT(12) | BIT(13) | BIT(15) | BIT(18))

// As on a CPU whose firmware locked VMX off.
static bool read_locked(struct cpu *c, u32 msr, u64 *value)
{
	(void)c;
	(void)msr;
	*value = FEATURE_CONTROL_LOCKED;
	return true;
}

static bool refuse_read(struct cpu *c, u32 msr, u64 *value)
{
	(void)c;
	(void)msr;
	(void)value;
	return false;
}

static bool refuse_write(struct cpu *c, u32 msr, u64 value)
{
	(void)c;
	(void)msr;
	(void)value;
	return false;
}

// A microcode update is loaded from a guest-linear address, which root mode cannot use. The
// write is dropped, and the guest reads the same revision as before.
static bool swallow_write(struct cpu *c, u32 msr, u64 value)
{
	u64 *count = &c->vm->counters.updates;

	(void)value;
	if (log_is_due(count))
		log_info("a write to MSR 0x%x was dropped (%lu times): load microcode before "
			 "Tessera",
			 msr, *count);
	return true;
}

static bool write_xss(struct cpu *c, u32 msr, u64 value)
{
	(void)c;
	return !(value & ~XSS_KNOWN) && wrmsr_safe(msr, value);
}

// As on a CPU without BTS and PEBS.
static bool read_misc_enable(struct cpu *c, u32 msr, u64 *value)
{
	(void)c;
	if (!rdmsr_safe(msr, value))
		return false;
	*value |= MISC_ENABLE_UNAVAILABLE;
	return true;
}

// The guest cannot take leaves of CPUID and NX from root mode, too: then the bits stay 0.
static bool write_misc_enable(struct cpu *c, u32 msr, u64 value)
{
	u64 now;

	(void)c;
	value &= ~(MISC_ENABLE_UNAVAILABLE | MISC_ENABLE_FEW_LEAVES | MISC_ENABLE_NX_OFF);
	return rdmsr_safe(msr, &now) && wrmsr_safe(msr, value | (now & MISC_ENABLE_UNAVAILABLE));
}

static bool read_perf_capabilities(struct cpu *c, u32 msr, u64 *value)
{
	(void)c;
	if (!rdmsr_safe(msr, value))
		return false;
	*value &= PERF_CAPABILITIES_KNOWN;
	return true;
}

// BTS needs DS, which CPUID hides. Sets the guest's value, which the next VM entry loads; the CPU
// checks it before, and root mode runs without any of it.
static bool write_debugctl(struct cpu *c, u32 msr, u64 value)
{
	(void)c;
	if (value & DEBUGCTL_BTS || !wrmsr_safe(msr, value & ~DEBUGCTL_LBR))
		return false;
	wrmsr(msr, 0);
	vmwrite(GUEST_DEBUGCTL, value);
	return true;
}

// The lower half is a counter's value to start again from; the upper half controls PEBS.
static bool write_reload(struct cpu *c, u32 msr, u64 value)
{
	(void)c;
	return !(value >> 32) && wrmsr_safe(msr, value);
}

static bool write_mtrr(struct cpu *c, u32 msr, u64 value)
{
	if (!wrmsr_safe(msr, value))
		return false;
	mtrrs_changed(c->vm);
	return true;
}

struct intercept {
	u16 first, last;
	u16 step;        // a power of two
	msr_read read;   // NULL: the guest reads it directly
	msr_write write; // NULL: the guest writes it directly
};

// clang-format off
static const struct intercept intercepts[] = {
	{ IA32_FEATURE_CONTROL,   IA32_FEATURE_CONTROL, 1, read_locked, refuse_write },
	{ IA32_APIC_BASE,         IA32_APIC_BASE,       1, apic_base_read, apic_base_write },
	{ IA32_BIOS_UPDT_TRIG,    IA32_BIOS_UPDT_TRIG,  1, NULL,        swallow_write },
	{ IA32_SMM_MONITOR_CTL,   IA32_SMM_MONITOR_CTL, 1, refuse_read, refuse_write },
	{ IA32_MTRR_PHYSBASE0,    IA32_MTRR_PHYSBASE0 + 2 * MTRR_VARIABLE_COUNT - 1,
							1, NULL,        write_mtrr },
	{ IA32_MTRR_FIX64K_00000, IA32_MTRR_FIX64K_00000, 1, NULL,      write_mtrr },
	{ IA32_MTRR_FIX16K_80000, IA32_MTRR_FIX16K_A0000, 1, NULL,      write_mtrr },
	{ IA32_MTRR_FIX4K_C0000,  IA32_MTRR_FIX4K_F8000, 1, NULL,       write_mtrr },
	{ IA32_MTRR_DEF_TYPE,     IA32_MTRR_DEF_TYPE,   1, NULL,        write_mtrr },
	// These make the CPU write memory without EPT checks, or in root mode too.
	{ IA32_DEBUGCTL,          IA32_DEBUGCTL,        1, NULL,        write_debugctl },
	{ IA32_PEBS_ENABLE,       IA32_PEBS_ENABLE,     1, NULL,        refuse_write },
	{ IA32_PEBS_BASE,         IA32_PEBS_INDEX,      1, refuse_read, refuse_write },
	{ IA32_PMC_GP0_CFG_C,     IA32_PMC_LAST,        4, NULL,        write_reload },
	{ IA32_XSS,               IA32_XSS,             1, NULL,        write_xss },
	{ IA32_RTIT_OUTPUT_BASE,  IA32_RTIT_LAST,       1, refuse_read, refuse_write },
	{ IA32_DS_AREA,           IA32_DS_AREA,         1, refuse_read, refuse_write },
	{ IA32_HW_FEEDBACK_PTR,   IA32_HW_FEEDBACK_LAST, 1, refuse_read, refuse_write },
	// These tell of what CPUID hides, or belong to it.
	{ IA32_MISC_ENABLE,       IA32_MISC_ENABLE,     1, read_misc_enable, write_misc_enable },
	{ IA32_PERF_CAPABILITIES, IA32_PERF_CAPABILITIES, 1, read_perf_capabilities, NULL },
	{ IA32_USER_MSR_CTL,      IA32_USER_MSR_CTL,    1, refuse_read, refuse_write },
	{ IA32_FRED_RSP0,         IA32_FRED_CONFIG,     1, refuse_read, refuse_write },
	// More key bits would map the hidden block at other addresses, too.
	{ IA32_TME_ACTIVATE,      IA32_TME_ACTIVATE,    1, NULL,        refuse_write },
	{ IA32_VMX_BASIC,         IA32_VMX_LAST,        1, refuse_read, refuse_write },
	{ IA32_X2APIC_ICR,        IA32_X2APIC_ICR,      1, NULL,        icr_trap_msr_write },
	// An outer hypervisor may take these two for addresses of memory to write to.
	{ KVM_WALL_CLOCK,         KVM_SYSTEM_TIME,      1, refuse_read, refuse_write },
};
// clang-format on

// Read and write bits of the low MSRs lie 2 KiB apart; all of the table is low.
#define BITMAP_WRITE_LOW 2048

void msrs_fill_bitmap(u8 *bitmap)
{
	for (u32 i = 0; i < ARRAY_SIZE(intercepts); i++) {
		const struct intercept *x = &intercepts[i];

		for (u32 msr = x->first; msr <= x->last; msr += x->step) {
			if (x->read)
				bitmap[msr / 8] |= BIT(msr % 8);
			if (x->write)
				bitmap[BITMAP_WRITE_LOW + msr / 8] |= BIT(msr % 8);
		}
	}
	msrs_intercept_icr(bitmap, false); // only while a CPU waits in software
}

void msrs_intercept_icr(u8 *bitmap, bool on)
{
	u8 *byte = &bitmap[BITMAP_WRITE_LOW + IA32_X2APIC_ICR / 8];
	u8 bit = BIT(IA32_X2APIC_ICR % 8);

	*byte = on ? *byte | bit : *byte & ~bit;
}

static const struct intercept *find_intercept(u32 msr)
{
	u16 low = (u16)msr;

	if (low != msr)
		return NULL; // all of the table is low
	for (const struct intercept *x = intercepts; x < intercepts + ARRAY_SIZE(intercepts); x++)
		if (low >= x->first && low <= x->last && !((low - x->first) & (x->step - 1)))
			return x;
	return NULL;
}

// MSRs outside both ranges of the bitmap always exit. No processor has one there; an outer
// hypervisor may, and would carry out in root mode what the guest asks of it.
void exit_rdmsr(struct cpu *c, struct regs *regs)
{
	u32 msr = regs->gpr[RCX];
	const struct intercept *x = find_intercept(msr);
	u64 value;

	if (!x || !x->read || !x->read(c, msr, &value)) {
		guest_inject_gp(c);
		return;
	}
	regs->gpr[RAX] = (u32)value;
	regs->gpr[RDX] = value >> 32;
	guest_advance(c);
}

void exit_wrmsr(struct cpu *c, struct regs *regs)
{
	u32 msr = regs->gpr[RCX];
	u64 value = (u32)regs->gpr[RAX] | regs->gpr[RDX] << 32;
	const struct intercept *x = find_intercept(msr);

	if (x && x->write && x->write(c, msr, value))
		guest_advance(c);
	else
		guest_inject_gp(c);
}
