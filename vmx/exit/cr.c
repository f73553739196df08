// SPDX-License-Identifier: MIT
#include "vmx/exit/cr.h"

#include "hv/core/host.h"
#include "hv/x86/insn.h"
#include "vmx/vmcs/guest.h"
#include "vmx/vmcs/vmcs.h"

// The values to restore. One copy is enough, since CPUs are launched one at a time.
static u64 native_cr0, native_cr4;

// Bits that VMX operation forces to 1. With unrestricted guest, PE and PG are not forced.
static u64 cr0_forced, cr4_forced;

// The bits of CR4 that the guest may set where the CPU has them: all up to LAM_SUP (28) but VMXE,
// SMXE and reserved ones. Others belong to features that CPUID hides.
#define CR4_KNOWN 0x1bff1fffULL

void crs_enter_vmx(const struct vmx_capability *cap)
{
	native_cr0 = read_cr0();
	native_cr4 = read_cr4();
	cr0_forced = cap->cr0_fixed0 & ~(CR0_PE | CR0_PG);
	cr4_forced = cap->cr4_fixed0;
	write_cr0((native_cr0 | cap->cr0_fixed0) & cap->cr0_fixed1);
	write_cr4((HOST_CR4_BITS | cap->cr4_fixed0) & cap->cr4_fixed1);
}

void crs_leave_vmx(void)
{
	write_cr4(native_cr4);
	write_cr0(native_cr0);
}

static void set_guest_crs(u64 cr0, u64 cr4)
{
	vmwrite(CR0_MASK, cr0_forced);
	vmwrite(CR0_SHADOW, cr0);
	vmwrite(GUEST_CR0, cr0 | cr0_forced);
	vmwrite(CR4_MASK, cr4_forced | ~CR4_KNOWN);
	vmwrite(CR4_SHADOW, cr4);
	vmwrite(GUEST_CR4, cr4 | cr4_forced);
}

void crs_init(void)
{
	set_guest_crs(native_cr0, native_cr4);
}

void crs_reset(void)
{
	// INIT keeps the cache bits and ET, and clears the rest.
	set_guest_crs((vmread(GUEST_CR0) & (CR0_CD | CR0_NW)) | CR0_ET, 0);
}

static u64 shown_to_guest(u64 real, u64 shadow, u64 mask)
{
	return (real & ~mask) | (shadow & mask);
}

u64 crs_guest_cr0(void)
{
	return shown_to_guest(vmread(GUEST_CR0), vmread(CR0_SHADOW), vmread(CR0_MASK));
}

u64 crs_guest_cr4(void)
{
	return shown_to_guest(vmread(GUEST_CR4), vmread(CR4_SHADOW), vmread(CR4_MASK));
}

// Whether a move to CR0 faults for its value, PDPTEs aside. Manual: "MOV-Move to/from Control
// Registers".
static bool cr0_faults(u64 value)
{
	u64 cr4 = vmread(GUEST_CR4);
	bool long_code = vmread(GUEST_RIGHTS(SEG_CS)) & RIGHTS_LONG_MODE;

	if ((long_code && value >> 32) || (value & (CR0_NW | CR0_CD)) == CR0_NW ||
	    (!(value & CR0_WP) && (cr4 & CR4_CET)))
		return true;
	if (!(value & CR0_PG))
		return long_code || (cr4 & CR4_PCIDE);
	return !(value & CR0_PE) || (!(cr4 & CR4_PAE) && (vmread(GUEST_EFER) & EFER_LME));
}

// The guest changes a forced bit (NE) by a move to CR0. Sets the read shadow to the new value; the
// guest then runs the instruction again, which no longer exits, so that the CPU itself does all
// that a write to CR0 implies, including mode switches and loading PDPTEs.
static void cr0_write(u64 value)
{
	u64 shadow = vmread(CR0_SHADOW);

	vmwrite(CR0_SHADOW, (shadow & ~cr0_forced) | (value & cr0_forced));
}

static u64 source_register(const struct regs *regs, u32 number)
{
	return number == RSP ? vmread(GUEST_RSP) : regs->gpr[number];
}

// Exit qualification: bits 3:0 the control register, 5:4 the kind of access, 11:8 the register.
void exit_cr_access(struct cpu *c, struct regs *regs)
{
	u64 qualification = vmread(EXIT_QUALIFICATION);
	bool move_to_cr0 = !(qualification & 0x3f);
	u64 value = source_register(regs, (qualification >> 8) & 0xf);

	// For other accesses: CPUID does not report the feature.
	if (!move_to_cr0 || cr0_faults(value))
		guest_inject_gp(c);
	else
		cr0_write(value);
}
