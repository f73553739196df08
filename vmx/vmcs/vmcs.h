// SPDX-License-Identifier: MIT
// The VMCS fields that Tessera uses, and the instructions that reach them. Manual: "Field Encoding
// in VMCS". Root mode with a current VMCS only.
#ifndef VMX_VMCS_VMCS_H
#define VMX_VMCS_VMCS_H

#include "hv/lib/types.h"
#include "hv/x86/regs.h"

//      name                        encoding
#define VMCS_FIELDS(X)                      \
	X(VPID, 0x0000)                     \
	X(GUEST_ES, 0x0800)                 \
	X(GUEST_CS, 0x0802)                 \
	X(GUEST_SS, 0x0804)                 \
	X(GUEST_DS, 0x0806)                 \
	X(GUEST_FS, 0x0808)                 \
	X(GUEST_GS, 0x080a)                 \
	X(GUEST_LDTR, 0x080c)               \
	X(GUEST_TR, 0x080e)                 \
	X(HOST_ES, 0x0c00)                  \
	X(HOST_CS, 0x0c02)                  \
	X(HOST_SS, 0x0c04)                  \
	X(HOST_DS, 0x0c06)                  \
	X(HOST_FS, 0x0c08)                  \
	X(HOST_GS, 0x0c0a)                  \
	X(HOST_TR, 0x0c0c)                  \
	X(IO_BITMAP_A, 0x2000)              \
	X(IO_BITMAP_B, 0x2002)              \
	X(MSR_BITMAP, 0x2004)               \
	X(EPT_POINTER, 0x201a)              \
	X(XSS_EXITING_BITMAP, 0x202c)       \
	X(SPPT_POINTER, 0x2030)             \
	X(GUEST_PHYSICAL_ADDRESS, 0x2400)   \
	X(VMCS_LINK_POINTER, 0x2800)        \
	X(GUEST_DEBUGCTL, 0x2802)           \
	X(GUEST_PAT, 0x2804)                \
	X(GUEST_EFER, 0x2806)               \
	X(HOST_PAT, 0x2c00)                 \
	X(HOST_EFER, 0x2c02)                \
	X(PIN_CONTROLS, 0x4000)             \
	X(PRIMARY_CONTROLS, 0x4002)         \
	X(EXCEPTION_BITMAP, 0x4004)         \
	X(PAGE_FAULT_MASK, 0x4006)          \
	X(PAGE_FAULT_MATCH, 0x4008)         \
	X(CR3_TARGET_COUNT, 0x400a)         \
	X(EXIT_CONTROLS, 0x400c)            \
	X(EXIT_MSR_STORE_COUNT, 0x400e)     \
	X(EXIT_MSR_LOAD_COUNT, 0x4010)      \
	X(ENTRY_CONTROLS, 0x4012)           \
	X(ENTRY_MSR_LOAD_COUNT, 0x4014)     \
	X(ENTRY_INTERRUPTION_INFO, 0x4016)  \
	X(ENTRY_EXCEPTION_ERROR, 0x4018)    \
	X(ENTRY_INSTRUCTION_LENGTH, 0x401a) \
	X(SECONDARY_CONTROLS, 0x401e)       \
	X(INSTRUCTION_ERROR, 0x4400)        \
	X(EXIT_REASON, 0x4402)              \
	X(EXIT_INTERRUPTION_INFO, 0x4404)   \
	X(EXIT_INTERRUPTION_ERROR, 0x4406)  \
	X(IDT_VECTORING_INFO, 0x4408)       \
	X(IDT_VECTORING_ERROR, 0x440a)      \
	X(EXIT_INSTRUCTION_LENGTH, 0x440c)  \
	X(EXIT_INSTRUCTION_INFO, 0x440e)    \
	X(GUEST_ES_LIMIT, 0x4800)           \
	X(GUEST_CS_LIMIT, 0x4802)           \
	X(GUEST_SS_LIMIT, 0x4804)           \
	X(GUEST_DS_LIMIT, 0x4806)           \
	X(GUEST_FS_LIMIT, 0x4808)           \
	X(GUEST_GS_LIMIT, 0x480a)           \
	X(GUEST_LDTR_LIMIT, 0x480c)         \
	X(GUEST_TR_LIMIT, 0x480e)           \
	X(GUEST_GDTR_LIMIT, 0x4810)         \
	X(GUEST_IDTR_LIMIT, 0x4812)         \
	X(GUEST_ES_RIGHTS, 0x4814)          \
	X(GUEST_CS_RIGHTS, 0x4816)          \
	X(GUEST_SS_RIGHTS, 0x4818)          \
	X(GUEST_DS_RIGHTS, 0x481a)          \
	X(GUEST_FS_RIGHTS, 0x481c)          \
	X(GUEST_GS_RIGHTS, 0x481e)          \
	X(GUEST_LDTR_RIGHTS, 0x4820)        \
	X(GUEST_TR_RIGHTS, 0x4822)          \
	X(GUEST_INTERRUPTIBILITY, 0x4824)   \
	X(GUEST_ACTIVITY, 0x4826)           \
	X(GUEST_SYSENTER_CS, 0x482a)        \
	X(PREEMPTION_TIMER, 0x482e)         \
	X(HOST_SYSENTER_CS, 0x4c00)         \
	X(CR0_MASK, 0x6000)                 \
	X(CR4_MASK, 0x6002)                 \
	X(CR0_SHADOW, 0x6004)               \
	X(CR4_SHADOW, 0x6006)               \
	X(EXIT_QUALIFICATION, 0x6400)       \
	X(GUEST_LINEAR_ADDRESS, 0x640a)     \
	X(GUEST_CR0, 0x6800)                \
	X(GUEST_CR3, 0x6802)                \
	X(GUEST_CR4, 0x6804)                \
	X(GUEST_ES_BASE, 0x6806)            \
	X(GUEST_CS_BASE, 0x6808)            \
	X(GUEST_SS_BASE, 0x680a)            \
	X(GUEST_DS_BASE, 0x680c)            \
	X(GUEST_FS_BASE, 0x680e)            \
	X(GUEST_GS_BASE, 0x6810)            \
	X(GUEST_LDTR_BASE, 0x6812)          \
	X(GUEST_TR_BASE, 0x6814)            \
	X(GUEST_GDTR_BASE, 0x6816)          \
	X(GUEST_IDTR_BASE, 0x6818)          \
	X(GUEST_DR7, 0x681a)                \
	X(GUEST_RSP, 0x681c)                \
	X(GUEST_RIP, 0x681e)                \
	X(GUEST_RFLAGS, 0x6820)             \
	X(GUEST_PENDING_DEBUG, 0x6822)      \
	X(GUEST_SYSENTER_ESP, 0x6824)       \
	X(GUEST_SYSENTER_EIP, 0x6826)       \
	X(GUEST_S_CET, 0x6828)              \
	X(GUEST_SSP, 0x682a)                \
	X(GUEST_SSP_TABLE, 0x682c)          \
	X(HOST_CR0, 0x6c00)                 \
	X(HOST_CR3, 0x6c02)                 \
	X(HOST_CR4, 0x6c04)                 \
	X(HOST_FS_BASE, 0x6c06)             \
	X(HOST_GS_BASE, 0x6c08)             \
	X(HOST_TR_BASE, 0x6c0a)             \
	X(HOST_GDTR_BASE, 0x6c0c)           \
	X(HOST_IDTR_BASE, 0x6c0e)           \
	X(HOST_SYSENTER_ESP, 0x6c10)        \
	X(HOST_SYSENTER_EIP, 0x6c12)        \
	X(HOST_RSP, 0x6c14)                 \
	X(HOST_RIP, 0x6c16)                 \
	X(HOST_S_CET, 0x6c18)               \
	X(HOST_SSP, 0x6c1a)                 \
	X(HOST_SSP_TABLE, 0x6c1c)

#define VMCS_FIELD_ENUM(name, encoding) name = encoding,
enum vmcs_field { VMCS_FIELDS(VMCS_FIELD_ENUM) };

// The fields of the eight segment registers (enum segment) have encodings at fixed distances.
#define GUEST_SELECTOR(segment) (GUEST_ES + 2 * (segment))
#define GUEST_LIMIT(segment)    (GUEST_ES_LIMIT + 2 * (segment))
#define GUEST_RIGHTS(segment)   (GUEST_ES_RIGHTS + 2 * (segment))
#define GUEST_BASE(segment)     (GUEST_ES_BASE + 2 * (segment))

#ifdef COUNT_VMCS
extern u64 vmcs_reads[], vmcs_writes[]; // per CPU, for the benchmark's build
u32 cpu_number(void);
#define COUNT_READ()  (vmcs_reads[cpu_number()]++)
#define COUNT_WRITE() (vmcs_writes[cpu_number()]++)
#else
#define COUNT_READ()  ((void)0)
#define COUNT_WRITE() ((void)0)
#endif

static inline u64 vmread(u64 field)
{
	u64 value;

	COUNT_READ();
	__asm__ volatile("vmread %1, %0" : "=r"(value) : "r"(field) : "cc");
	return value;
}

// Returns false if this CPU's VMX does not have the field.
static inline bool vmread_safe(u64 field, u64 *value)
{
	bool failed;

	__asm__ volatile("vmread %2, %1" : "=@ccbe"(failed), "=r"(*value) : "r"(field));
	return !failed;
}

static inline void vmwrite(u64 field, u64 value)
{
	COUNT_WRITE();
	__asm__ volatile("vmwrite %1, %0" ::"r"(field), "rm"(value) : "cc", "memory");
}

#endif
