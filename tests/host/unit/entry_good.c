// SPDX-License-Identifier: MIT
#include "tests/host/unit/entry_good.h"

#include <string.h>

#include "hv/x86/control_regs.h"
#include "vmx/vmcs/controls.h"

#define V(name)       (s->value[AT_##name])
#define SELECTOR(n)   (s->value[AT_GUEST_ES + (n)])
#define BASE(n)       (s->value[AT_GUEST_ES_BASE + (n)])
#define LIMIT(n)      (s->value[AT_GUEST_ES_LIMIT + (n)])
#define RIGHTS(n)     (s->value[AT_GUEST_ES_RIGHTS + (n)])

#define CODE_64       0xa09b
#define CODE_32       0xc09b
#define DATA_32       0xc093
#define USER_CODE_64  0xa0fb
#define USER_DATA     0xc0f3
#define PAT_RESET     0x0007040600070406ULL
#define ALL           (0xffffffffULL << 32)
#define EVENT_GP      (EVENT_VALID | EVENT_HARDWARE | VECTOR_GP)
#define DEBUGCTL_BITS 0xffc7

static struct {
	u64 pa;
	u32 value;
} memory[64];
static u32 memory_used;

bool good_memory(u64 pa, u32 *value)
{
	*value = 0;
	for (u32 i = 0; i < memory_used; i++)
		if (memory[i].pa == pa)
			*value = memory[i].value;
	return pa < GOOD_MEMORY_END;
}

void good_memory_set(u64 pa, u32 value)
{
	memory[memory_used].pa = pa;
	memory[memory_used++].value = value;
}

// Everything that the manual defines is supported, so that each rule can be met.
static void set_cpu(struct entry_cpu *c)
{
	memset(c, 0, sizeof(*c));
	c->basic = BASIC_TRUE_CONTROLS | 0x12;
	c->misc = MISC_HLT | MISC_SHUTDOWN | MISC_WAIT_FOR_SIPI | 4ULL << MISC_CR3_TARGETS;
	c->ept_vpid = EPT_CAP_4_LEVEL | EPT_CAP_WB | EPT_CAP_DIRTY;
	c->pin = ALL | 0x16;
	c->primary = ALL | 0x04006172;
	c->secondary = ALL;
	c->exit = ALL | 0x00036dfb;
	c->entry = ALL | 0x000011fb;
	c->tertiary = 0x1f;
	c->exit_secondary = 1;
	c->vm_functions = 1;
	c->cr0_fixed0 = CR0_PE | CR0_NE | CR0_PG;
	c->cr0_fixed1 = 0xffffffff;
	c->cr4_fixed0 = CR4_VMXE;
	c->cr4_fixed1 = 0x1f77fff;
	c->address_bits = 39;
	c->linear_bits = 48;
	c->efer = EFER_SCE | EFER_LME | EFER_LMA | EFER_NXE;
	c->debugctl = DEBUGCTL_BITS;
	c->perf_global = 0x70000000f;
	c->rtit = 0x2fff;
	c->lbr = 0x7f000f;
	c->ia32e = true;
	c->vmcs_pa = 0x7000;
}

static void set_controls(struct entry_state *s)
{
	V(PIN_CONTROLS) = 0x16 | PIN_NMI_EXITING | PIN_VIRTUAL_NMIS;
	V(PRIMARY_CONTROLS) =
		0x04006172 | PRIMARY_MSR_BITMAPS | PRIMARY_IO_BITMAPS | PRIMARY_SECONDARY;
	V(SECONDARY_CONTROLS) =
		SECONDARY_EPT | SECONDARY_VPID | SECONDARY_UNRESTRICTED | SECONDARY_SPP;
	V(EXIT_CONTROLS) = 0x00036dfb | EXIT_SAVE_DEBUG | EXIT_HOST_64 | EXIT_LOAD_PAT |
			   EXIT_LOAD_EFER | EXIT_LOAD_CET;
	V(ENTRY_CONTROLS) = 0x000011fb | ENTRY_LOAD_DEBUG | ENTRY_GUEST_64 | ENTRY_LOAD_PAT |
			    ENTRY_LOAD_EFER | ENTRY_LOAD_CET;
	V(VPID) = 1;
	V(IO_BITMAP_A) = 0x1000;
	V(IO_BITMAP_B) = 0x2000;
	V(MSR_BITMAP) = 0x3000;
	V(EPT_POINTER) = 0x4000 | 3 << 3 | 6;
	V(SPPT_POINTER) = 0x5000;
	V(VMCS_LINK_POINTER) = ~0ULL;
}

static void set_host(struct entry_state *s)
{
	V(HOST_CR0) = CR0_PE | CR0_ET | CR0_NE | CR0_WP | CR0_PG;
	V(HOST_CR3) = 0x6000;
	V(HOST_CR4) = CR4_PAE | CR4_VMXE;
	V(HOST_CS) = 8;
	V(HOST_TR) = 16;
	V(HOST_PAT) = PAT_RESET;
	V(HOST_EFER) = EFER_LME | EFER_LMA | EFER_NXE;
	V(HOST_RIP) = 0xffffffff80001000;
	V(HOST_RSP) = 0xffffffff80010000;
	V(HOST_GS_BASE) = V(HOST_GDTR_BASE) = V(HOST_IDTR_BASE) = V(HOST_TR_BASE) =
		0xffffffff80020000;
}

static void set_segments(struct entry_state *s, u64 code, u64 data, u64 privilege)
{
	for (u32 n = SEG_ES; n <= SEG_GS; n++) {
		SELECTOR(n) = 16 | privilege;
		LIMIT(n) = 0xffffffff;
		RIGHTS(n) = data;
	}
	SELECTOR(SEG_CS) = 8 | privilege;
	RIGHTS(SEG_CS) = code;
	SELECTOR(SEG_TR) = 24;
	LIMIT(SEG_TR) = 0x67;
	RIGHTS(SEG_TR) = RIGHTS_BUSY_TSS;
	RIGHTS(SEG_LDTR) = RIGHTS_UNUSABLE;
}

static void set_long_guest(struct entry_state *s)
{
	V(GUEST_CR0) = V(HOST_CR0);
	V(GUEST_CR3) = 0x8000;
	V(GUEST_CR4) = CR4_PAE | CR4_VMXE;
	V(GUEST_EFER) = EFER_SCE | EFER_LME | EFER_LMA | EFER_NXE;
	V(GUEST_PAT) = PAT_RESET;
	V(GUEST_DR7) = 0x400;
	V(GUEST_RIP) = 0xffffffff81000000;
	V(GUEST_RFLAGS) = RFLAGS_IF | 2;
	V(GUEST_FS_BASE) = 0x7f0000000000;
	V(GUEST_GS_BASE) = V(GUEST_GDTR_BASE) = V(GUEST_IDTR_BASE) = 0xffff888000000000;
	V(GUEST_GDTR_LIMIT) = 0x7f;
	V(GUEST_IDTR_LIMIT) = 0xfff;
	V(GUEST_SYSENTER_EIP) = 0xffffffff81000100;
	set_segments(s, CODE_64, DATA_32, 0);
}

static void set_legacy_guest(struct entry_state *s, u64 cr0, u64 cr4)
{
	V(ENTRY_CONTROLS) &= ~(u64)ENTRY_GUEST_64;
	V(GUEST_CR0) = cr0 | CR0_ET | CR0_NE;
	V(GUEST_CR4) = cr4 | CR4_VMXE;
	V(GUEST_EFER) = 0;
	V(GUEST_RIP) = 0xc0100000;
	V(GUEST_FS_BASE) = V(GUEST_GS_BASE) = V(GUEST_GDTR_BASE) = V(GUEST_IDTR_BASE) = 0;
	V(GUEST_SYSENTER_EIP) = 0xc0100100;
	set_segments(s, CODE_32, DATA_32, 0);
}

static void set_real_guest(struct entry_state *s, u64 selector, u64 base, u64 ip)
{
	set_legacy_guest(s, 0, 0);
	set_segments(s, RIGHTS_CODE, RIGHTS_DATA, 0);
	for (u32 n = SEG_ES; n < SEG_COUNT; n++) {
		SELECTOR(n) = 0;
		LIMIT(n) = 0xffff;
	}
	RIGHTS(SEG_LDTR) = RIGHTS_LDT;
	SELECTOR(SEG_CS) = selector;
	BASE(SEG_CS) = base;
	V(GUEST_RIP) = ip;
	V(GUEST_RFLAGS) = 2;
}

static void set_v8086_guest(struct entry_state *s)
{
	set_legacy_guest(s, CR0_PE | CR0_PG, 0);
	for (u32 n = SEG_ES; n <= SEG_GS; n++) {
		SELECTOR(n) = 0x1003; // no RPL, though it looks like one
		BASE(n) = 0x10030;
		LIMIT(n) = 0xffff;
		RIGHTS(n) = 0xf3;
	}
	V(GUEST_RIP) = 0x100;
	V(GUEST_RFLAGS) |= RFLAGS_VM;
}

static void set_stepping(struct entry_state *s, u64 blocking, u64 pending)
{
	V(GUEST_RFLAGS) |= RFLAGS_TF;
	V(GUEST_INTERRUPTIBILITY) = blocking;
	V(GUEST_PENDING_DEBUG) = pending;
}

static void set_legacy_host(struct entry_state *s, struct entry_cpu *cpu)
{
	set_legacy_guest(s, CR0_PE | CR0_PG, CR4_PAE);
	cpu->ia32e = false;
	V(EXIT_CONTROLS) &= ~(u64)EXIT_HOST_64;
	V(HOST_EFER) = EFER_NXE;
	V(HOST_SS) = 24;
	V(HOST_RIP) = 0x80001000;
}

// Controls that go together with SECONDARY_X2APIC_MODE and SECONDARY_VIRTUAL_INTR.
static void set_everything(struct entry_state *s, struct entry_cpu *cpu)
{
	V(PIN_CONTROLS) = 0xff;
	V(PRIMARY_CONTROLS) = 0xffffffff;
	V(SECONDARY_CONTROLS) = 0xffffffff & ~SECONDARY_APIC_ACCESSES;
	V(TERTIARY_CONTROLS) = 0x1f;
	V(EXIT_CONTROLS) = 0xffffffff;
	V(SECONDARY_EXIT_CONTROLS) = 1;
	V(ENTRY_CONTROLS) = 0xffffffff & ~(ENTRY_TO_SMM | ENTRY_DEACTIVATE_DUAL);
	V(VM_FUNCTION_CONTROLS) = 1;
	V(TSC_MULTIPLIER) = 1;
	V(VIRTUAL_APIC_ADDRESS) = V(APIC_ACCESS_ADDRESS) = V(PML_ADDRESS) = 0x9000;
	V(EPTP_LIST_ADDRESS) = V(VMREAD_BITMAP) = V(VMWRITE_BITMAP) = V(VE_INFORMATION) = 0xa000;
	V(LOW_PASID_DIRECTORY) = V(HIGH_PASID_DIRECTORY) = V(PID_TABLE_ADDRESS) = 0xb000;
	V(POSTED_DESCRIPTOR) = 0xb040;
	V(POSTED_VECTOR) = 0xf2;
	V(HLAT_POINTER) = 0xb018;
	V(EXIT_MSR_STORE_COUNT) = V(EXIT_MSR_LOAD_COUNT) = V(ENTRY_MSR_LOAD_COUNT) = 2;
	V(EXIT_MSR_STORE_ADDRESS) = V(EXIT_MSR_LOAD_ADDRESS) = 0xc010;
	V(ENTRY_MSR_LOAD_ADDRESS) = 0xc020;
	V(VMCS_LINK_POINTER) = 0xd000;
	good_memory_set(0xd000, 0x80000000 | (u32)cpu->basic);
	V(EPT_POINTER) |= BIT(6);
	V(GUEST_CR3) |= BIT(62);
	cpu->lam = cpu->rtm = cpu->sgx = cpu->bus_lock = true;
}

// What an event adds to the 64-bit state.
static void set_event(struct entry_state *s, u64 event, u64 error, u64 length)
{
	V(ENTRY_INTERRUPTION_INFO) = event | EVENT_VALID;
	V(ENTRY_EXCEPTION_ERROR) = error;
	V(ENTRY_INSTRUCTION_LENGTH) = length;
}

void good_state(enum good_state which, struct entry_state *s, struct entry_cpu *cpu)
{
	memory_used = 0;
	set_cpu(cpu);
	memset(s, 0, sizeof(*s));
	s->cpu = cpu;
	s->memory = good_memory;
	set_controls(s);
	set_host(s);
	set_long_guest(s);
	switch (which) {
	case GOOD_USER:
		set_segments(s, USER_CODE_64, USER_DATA, 3);
		break;
	case GOOD_STEPPED:
		set_stepping(s, 0, 0);
		break;
	case GOOD_SHADOW:
		set_stepping(s, BLOCKING_BY_MOV_SS, PENDING_DEBUG_BS);
		break;
	case GOOD_BRANCHES:
		set_stepping(s, BLOCKING_BY_STI, 0);
		V(GUEST_DEBUGCTL) = DEBUGCTL_BTF;
		break;
	case GOOD_COMPATIBLE:
		RIGHTS(SEG_CS) = CODE_32;
		V(GUEST_RIP) = 0x401000;
		break;
	case GOOD_PAE:
	case GOOD_RESTRICTED:
		set_legacy_guest(s, CR0_PE | CR0_PG, CR4_PAE);
		V(GUEST_PDPTE0) = 0xe001;
		V(GUEST_PDPTE3) = ~1ULL; // not present
		if (which == GOOD_RESTRICTED)
			V(SECONDARY_CONTROLS) &= ~(u64)SECONDARY_UNRESTRICTED;
		break;
	case GOOD_FLAT:
		set_legacy_guest(s, CR0_PE, 0);
		break;
	case GOOD_REAL:
		set_real_guest(s, 0x1000, 0x10000, 0x7c00);
		break;
	case GOOD_V8086_TASK:
		set_v8086_guest(s);
		break;
	case GOOD_RESET:
		set_real_guest(s, 0xf000, 0xffff0000, 0xfff0);
		V(GUEST_ACTIVITY) = ACTIVITY_WAIT_FOR_SIPI;
		break;
	case GOOD_HALTED_NMI:
		set_event(s, EVENT_NMI | VECTOR_NMI, 0, 0);
		V(GUEST_ACTIVITY) = ACTIVITY_HLT;
		break;
	case GOOD_HALTED:
		V(GUEST_ACTIVITY) = ACTIVITY_HLT;
		break;
	case GOOD_SHUT_DOWN_NMI:
		set_event(s, EVENT_NMI | VECTOR_NMI, 0, 0);
		V(GUEST_ACTIVITY) = ACTIVITY_SHUTDOWN;
		break;
	case GOOD_SHUT_DOWN:
		V(GUEST_ACTIVITY) = ACTIVITY_SHUTDOWN;
		break;
	case GOOD_EXTERNAL:
		set_event(s, EVENT_EXTERNAL | 0xec, 0, 0);
		break;
	case GOOD_NMI:
		set_event(s, EVENT_NMI | VECTOR_NMI, 0, 0);
		break;
	case GOOD_EXCEPTION:
		set_event(s, EVENT_HARDWARE | VECTOR_UD, ~0ULL, 0);
		break;
	case GOOD_EXCEPTION_CODE:
		set_event(s, EVENT_GP | EVENT_ERROR_CODE, 0x1234, 0);
		break;
	case GOOD_REAL_EXCEPTION:
		set_real_guest(s, 0x1000, 0x10000, 0x7c00);
		set_event(s, EVENT_GP, 0, 0);
		break;
	case GOOD_SOFTWARE_INT:
		set_event(s, EVENT_SOFTWARE_INT | 0x80, 0, 2);
		break;
	case GOOD_PRIVILEGED_TRAP:
		set_event(s, EVENT_PRIVILEGED_TRAP | VECTOR_DB, 0, 1);
		break;
	case GOOD_SOFTWARE_TRAP:
		set_event(s, EVENT_SOFTWARE_TRAP | 3, 0, 1);
		break;
	case GOOD_PENDING_MTF:
		set_event(s, EVENT_OTHER, 0, 0);
		break;
	case GOOD_LEGACY_HOST:
		set_legacy_host(s, cpu);
		break;
	case GOOD_EVERYTHING:
		set_everything(s, cpu);
		break;
	default:
		break;
	}
}

const char *good_name(enum good_state which)
{
#define GOOD_STATE_TEXT(name, text) text,
	static const char *const names[] = { GOOD_STATES(GOOD_STATE_TEXT) };

	return names[which];
}
