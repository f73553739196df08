// SPDX-License-Identifier: MIT
// All that VM entry looks at: the VMCS fields, and what the CPU supports. Pure: no VMCS has to be
// there, so that host tests make states up and a report from the field can be judged on a desk.
#ifndef VMX_CHECK_ENTRY_STATE_H
#define VMX_CHECK_ENTRY_STATE_H

#include "hv/lib/types.h"
#include "vmx/vmcs/vmcs.h"

// Fields that Tessera does not use, but VM entry checks once a control asks for them.
//      name                       encoding
#define ENTRY_CHECK_FIELDS(X)              \
	X(POSTED_VECTOR, 0x0002)           \
	X(LAST_PID_INDEX, 0x0008)          \
	X(GUEST_UINV, 0x0814)              \
	X(EXIT_MSR_STORE_ADDRESS, 0x2006)  \
	X(EXIT_MSR_LOAD_ADDRESS, 0x2008)   \
	X(ENTRY_MSR_LOAD_ADDRESS, 0x200a)  \
	X(PML_ADDRESS, 0x200e)             \
	X(VIRTUAL_APIC_ADDRESS, 0x2012)    \
	X(APIC_ACCESS_ADDRESS, 0x2014)     \
	X(POSTED_DESCRIPTOR, 0x2016)       \
	X(VM_FUNCTION_CONTROLS, 0x2018)    \
	X(EPTP_LIST_ADDRESS, 0x2024)       \
	X(VMREAD_BITMAP, 0x2026)           \
	X(VMWRITE_BITMAP, 0x2028)          \
	X(VE_INFORMATION, 0x202a)          \
	X(TSC_MULTIPLIER, 0x2032)          \
	X(TERTIARY_CONTROLS, 0x2034)       \
	X(LOW_PASID_DIRECTORY, 0x2038)     \
	X(HIGH_PASID_DIRECTORY, 0x203a)    \
	X(HLAT_POINTER, 0x2040)            \
	X(PID_TABLE_ADDRESS, 0x2042)       \
	X(SECONDARY_EXIT_CONTROLS, 0x2044) \
	X(GUEST_PERF_GLOBAL, 0x2808)       \
	X(GUEST_PDPTE0, 0x280a)            \
	X(GUEST_PDPTE1, 0x280c)            \
	X(GUEST_PDPTE2, 0x280e)            \
	X(GUEST_PDPTE3, 0x2810)            \
	X(GUEST_BNDCFGS, 0x2812)           \
	X(GUEST_RTIT_CTL, 0x2814)          \
	X(GUEST_LBR_CTL, 0x2816)           \
	X(GUEST_PKRS, 0x2818)              \
	X(HOST_PERF_GLOBAL, 0x2c04)        \
	X(HOST_PKRS, 0x2c06)               \
	X(TPR_THRESHOLD, 0x401c)

#define ENTRY_FIELDS(X)                      VMCS_FIELDS(X) ENTRY_CHECK_FIELDS(X)

#define ENTRY_CHECK_ENCODING(name, encoding) name = encoding,
enum entry_check_field { ENTRY_CHECK_FIELDS(ENTRY_CHECK_ENCODING) };

// The place of each field in entry_state.value.
#define ENTRY_FIELD_PLACE(name, encoding) AT_##name,
enum entry_field { ENTRY_FIELDS(ENTRY_FIELD_PLACE) ENTRY_FIELD_COUNT };

// What the CPU supports, and how it runs at the moment of VM entry.
struct entry_cpu {
	// Capability MSRs. Of a control word the low half must be 1 and the high half may be 1; of
	// the three 64-bit words (tertiary, exit_secondary, vm_functions) each bit may be 1.
	u64 basic, misc, ept_vpid;
	u64 pin, primary, secondary, exit, entry;
	u64 tertiary, exit_secondary, vm_functions;
	u64 cr0_fixed0, cr0_fixed1, cr4_fixed0, cr4_fixed1;

	u8 address_bits; // MAXPHYADDR
	u8 linear_bits;  // the widest paging mode's: 48, or 57 with LA57
	bool lam;        // linear-address masking: CR3 bits 62:61
	bool sgx, rtm;
	bool bus_lock; // debug exceptions for bus locks

	// Bits that are not reserved in these registers.
	u64 efer, debugctl, perf_global, rtit, lbr;

	bool ia32e;   // IA32_EFER.LMA at VM entry
	bool smm;     // in system-management mode
	bool tracing; // IA32_RTIT_CTL.TraceEn
	u64 vmcs_pa;  // the current VMCS
};

// Reads 32 bits of physical memory. False where the reader cannot: the rule then passes.
typedef bool (*entry_memory)(u64 pa, u32 *value);

struct entry_state {
	const struct entry_cpu *cpu;
	entry_memory memory; // NULL: no rule looks at memory
	u64 value[ENTRY_FIELD_COUNT];
};

// Fills the fields by `read`, which returns false where this CPU's VMCS has no such field; it is 0
// then. `cpu` and `memory` are the caller's to set.
void entry_state_read(struct entry_state *s, bool (*read)(u64 encoding, u64 *value));

// By place, 0..ENTRY_FIELD_COUNT - 1.
const char *entry_field_name(u32 place);
u32 entry_field_encoding(u32 place);

#endif
