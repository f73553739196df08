// SPDX-License-Identifier: MIT
#include "hv/x86/fault.h"

#include "hv/core/panic.h"
#include "hv/core/vcpu.h"
#include "hv/x86/control_regs.h"
#include "hv/x86/insn.h"

struct fixup {
	u64 from, to;
};

extern const struct fixup fixup_start[], fixup_end[];

static bool fixed_up(struct fault_frame *f)
{
	u64 count = ((u64)fixup_end - (u64)fixup_start) / sizeof(struct fixup);

	for (u64 i = 0; i < count; i++) {
		if (fixup_start[i].from == f->rip) {
			f->rip = fixup_start[i].to;
			return true;
		}
	}
	return false;
}

void host_fault(struct fault_frame *f);

void host_fault(struct fault_frame *f)
{
	if (f->vector == VECTOR_NMI) {
		struct cpu *c = cpu_this();

		c->in_nmi = true;
		vcpu_nmi_in_root(c);
		c->in_nmi = false;
		return;
	}
	if (!fixed_up(f))
		panic("exception %lu in the hypervisor: error %lx rip %lx rsp %lx cr2 %lx",
		      f->vector, f->error, f->rip, f->rsp, read_cr2());
}
