// SPDX-License-Identifier: MIT
#include "vmx/vmcs/snapshot.h"

#include "hv/lib/string.h"

struct snapshot snapshot;

void snapshot_take(struct cpu *c)
{
	memcpy(snapshot.gpr, c->regs->gpr, sizeof(snapshot.gpr));
	for (u32 i = 0; i < VMCS_FIELD_COUNT; i++) {
		u64 value;

		snapshot.there[i] = vmread_safe(vmcs_field_encoding(i), &value);
		snapshot.field[i] = snapshot.there[i] ? value : 0;
	}
}
