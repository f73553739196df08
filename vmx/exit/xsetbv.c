// SPDX-License-Identifier: MIT
// XSETBV always exits. XCR0 holds the guest's value also in root mode. Components that CPUID hides
// are refused; the CPU itself checks the rest, and a #GP is passed to the guest. Its privilege
// check should come before the exit (manual: "Relative Priority of Faults and VM Exits"), but not
// every emulated CPU does it.
#include "hv/x86/insn.h"
#include "vmx/exit/cpuid_known.h"
#include "vmx/exit/handlers.h"
#include "vmx/vmcs/guest.h"

void exit_xsetbv(struct cpu *c, struct regs *regs)
{
	u32 low = (u32)regs->gpr[RAX], high = (u32)regs->gpr[RDX];

	if (guest_cpl() == 0 && !(low & ~XCR0_KNOWN) && !high && xsetbv_safe(regs->gpr[RCX], low))
		guest_advance(c);
	else
		guest_inject_gp(c);
}
