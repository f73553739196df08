// SPDX-License-Identifier: MIT
// A CPU's registers and VMCS at one moment, for whoever looks at it from another CPU.
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

// The last one taken. The console's CPU reads it once run_on_done says that it is whole.
extern struct snapshot snapshot;

// Fills `snapshot` with this CPU, whose VMCS is current. For run_on() in hv/core/run_on.h.
void snapshot_take(struct cpu *c);

// Fields by their place in VMCS_FIELDS, 0..VMCS_FIELD_COUNT - 1.
const char *vmcs_field_name(u32 index);
u32 vmcs_field_encoding(u32 index);
u32 vmcs_field_index(u32 encoding);

// By their numbers; "---" for RSP, which is in the VMCS.
extern const char gpr_names[16][4];

// The snapshot's value of a field, 0 where it is not there.
static inline u64 snapshot_field(u32 encoding)
{
	return snapshot.field[vmcs_field_index(encoding)];
}

#endif
