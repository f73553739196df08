// SPDX-License-Identifier: MIT
// Privileged instructions as functions.
#ifndef HV_X86_INSN_H
#define HV_X86_INSN_H

#include "hv/lib/types.h"
#include "hv/x86/cpuid.h"
#include "hv/x86/fixup.h"

struct __attribute__((packed)) descriptor_table {
	u16 limit;
	u64 base;
};

#define READ_CONTROL(name)                                                    \
	static inline u64 read_##name(void)                                   \
	{                                                                     \
		u64 value;                                                    \
		__asm__ volatile("mov %%" #name ", %0" : "=r"(value));        \
		return value;                                                 \
	}                                                                     \
	static inline void write_##name(u64 value)                            \
	{                                                                     \
		__asm__ volatile("mov %0, %%" #name ::"r"(value) : "memory"); \
	}
READ_CONTROL(cr0)
READ_CONTROL(cr2)
READ_CONTROL(cr3)
READ_CONTROL(cr4)
READ_CONTROL(dr0)
READ_CONTROL(dr1)
READ_CONTROL(dr2)
READ_CONTROL(dr3)
READ_CONTROL(dr6)
READ_CONTROL(dr7)

static inline void sgdt(struct descriptor_table *t)
{
	__asm__ volatile("sgdt %0" : "=m"(*t));
}

static inline void sidt(struct descriptor_table *t)
{
	__asm__ volatile("sidt %0" : "=m"(*t));
}

static inline void lgdt(const struct descriptor_table *t)
{
	__asm__ volatile("lgdt %0" ::"m"(*t));
}

static inline void lidt(const struct descriptor_table *t)
{
	__asm__ volatile("lidt %0" ::"m"(*t));
}

static inline void invlpg(const void *va)
{
	__asm__ volatile("invlpg %0" ::"m"(*(const u8 *)va) : "memory");
}

// Ends the blocking of NMIs that a VM exit by an NMI leaves; an IRET does that. Manual: "Event
// Blocking".
static inline void unblock_nmis(void)
{
	u64 rsp, rip;

	__asm__ volatile("movq %%rsp, %0\n"
			 "leaq 1f(%%rip), %1\n"
			 "pushq $0\n"
			 "pushq %0\n"
			 "pushfq\n"
			 "movl %%cs, %k0\n"
			 "pushq %0\n"
			 "pushq %1\n"
			 "iretq\n"
			 "1:"
			 : "=&r"(rsp), "=&r"(rip)::"cc", "memory");
}

static inline void halt(void)
{
	__asm__ volatile("hlt");
}

static inline void pause(void)
{
	__builtin_ia32_pause();
}

// Returns the same value, but only after earlier instructions have completed: speculation stops
// here.
static inline u64 unspeculated(u64 value)
{
	__asm__ volatile("lfence" : "+r"(value));
	return value;
}

static inline u64 rdtsc(void)
{
	return __builtin_ia32_rdtsc();
}

// True if `ticks` have passed since rdtsc() returned `since`. A guest can set the TSC back, or to
// just below its maximum. Differences are therefore compared, not points in time: a wait that began
// before the guest last ran ends too early rather than never.
static inline bool ticks_passed(u64 since, u64 ticks)
{
	return rdtsc() - since >= ticks;
}

// The bits of key 0; two bits a key.
#define PKRU_NO_ACCESS 1U
#define PKRU_NO_WRITE  2U

// With CR4.PKE only.
static inline u32 rdpkru(void)
{
	u32 value, zero;

	__asm__ volatile("rdpkru" : "=a"(value), "=d"(zero) : "c"(0));
	return value;
}

static inline bool xsetbv_safe(u32 index, u64 value)
{
	bool ok = false;

	__asm__ volatile("1: xsetbv\n"
			 "movb $1, %[ok]\n"
			 "2:" FIXUP(1b, 2b)
			 : [ok] "+r"(ok)
			 : "c"(index), "a"((u32)value), "d"((u32)(value >> 32)));
	return ok;
}

// A VMX instruction sets CF or ZF if it fails.
static inline bool vmxon(u64 region_pa)
{
	bool failed;

	__asm__ volatile("vmxon %1" : "=@ccbe"(failed) : "m"(region_pa) : "memory");
	return !failed;
}

static inline void vmxoff(void)
{
	__asm__ volatile("vmxoff" ::: "cc", "memory");
}

static inline bool vmclear(u64 vmcs_pa)
{
	bool failed;

	__asm__ volatile("vmclear %1" : "=@ccbe"(failed) : "m"(vmcs_pa) : "memory");
	return !failed;
}

static inline bool vmptrld(u64 vmcs_pa)
{
	bool failed;

	__asm__ volatile("vmptrld %1" : "=@ccbe"(failed) : "m"(vmcs_pa) : "memory");
	return !failed;
}

#define INVALIDATE_SINGLE 1 // one context (an EPTP, a VPID)
#define INVALIDATE_ALL    2

static inline void invept(u64 type, u64 eptp)
{
	struct {
		u64 eptp, reserved;
	} descriptor = { eptp, 0 };

	__asm__ volatile("invept %0, %1" ::"m"(descriptor), "r"(type) : "cc", "memory");
}

static inline void invvpid(u64 type, u64 vpid)
{
	struct {
		u64 vpid, linear;
	} descriptor = { vpid, 0 };

	__asm__ volatile("invvpid %0, %1" ::"m"(descriptor), "r"(type) : "cc", "memory");
}

#endif
