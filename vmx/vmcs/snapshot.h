// SPDX-License-Identifier: MIT
// A copy of a CPU's registers and VMCS, which another CPU can read.
#ifndef VMX_VMCS_SNAPSHOT_H
#define VMX_VMCS_SNAPSHOT_H

#include "hv/core/cpu.h"
#include "vmx/vmcs/vmcs.h"

#define VMCS_FIELD_ONE(name, encoding) +1
#define VMCS_FIELD_COUNT               (0 VMCS_FIELDS(VMCS_FIELD_ONE))

struct snapshot {
	u64 gpr[16]; // [RSP] is not live: GUEST_RSP is
	u64 field[VMCS_FIELD_COUNT];
	bool there[VMCS_FIELD_COUNT]; // this CPU has the field
};

// The last snapshot. The console's CPU reads it when run_on_done says that it is complete.
extern struct snapshot snapshot;

// Fills `snapshot` with this CPU, whose VMCS is current. For run_on() in hv/core/run_on.h.
void snapshot_take(struct cpu *c);

// Fields by their place in VMCS_FIELDS, 0..VMCS_FIELD_COUNT - 1.
const char *vmcs_field_name(u32 index);
u32 vmcs_field_encoding(u32 index);
u32 vmcs_field_index(u32 encoding);

// By the registers' numbers; "---" for RSP, which is in the VMCS.
extern const char gpr_names[16][4];

// The value of a field in the snapshot, 0 if the CPU does not have the field.
static inline u64 snapshot_field(u32 encoding)
{
	return snapshot.field[vmcs_field_index(encoding)];
}

#endif
