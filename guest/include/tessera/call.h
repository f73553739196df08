// SPDX-License-Identifier: MIT
// The hypercalls as C functions, for code at CPL 0 in 64-bit mode: Linux kernel modules, UEFI
// agents and freestanding tests. Needs only the ABI header and a compiler with GNU inline assembly.
#ifndef TESSERA_CALL_H
#define TESSERA_CALL_H

#include "tessera/hypercall.h"

struct tessera_cpuid {
	uint32_t eax, ebx, ecx, edx;
};

static inline struct tessera_cpuid tessera_cpuid(uint32_t leaf)
{
	struct tessera_cpuid r;

	__asm__ volatile("cpuid"
			 : "=a"(r.eax), "=b"(r.ebx), "=c"(r.ecx), "=d"(r.edx)
			 : "a"(leaf), "c"(0));
	return r;
}

// Four characters of the signature, as CPUID returns them in a register.
static inline uint32_t tessera_signature_word(unsigned int index)
{
	const char *text = &TESSERA_SIGNATURE[4 * index];

	return (uint32_t)(uint8_t)text[0] | (uint32_t)(uint8_t)text[1] << 8 |
	       (uint32_t)(uint8_t)text[2] << 16 | (uint32_t)(uint8_t)text[3] << 24;
}

// Returns the ABI version of Tessera, or 0 if Tessera does not run. Check before the first call:
// VMCALL is an undefined instruction without a hypervisor, and has another meaning for another one.
// The signature alone decides: Tessera leaves the hypervisor bit of leaf 1 as the CPU has it, and a
// CPU without a hypervisor returns other data for this leaf.
static inline uint32_t tessera_present(void)
{
	struct tessera_cpuid base = tessera_cpuid(TESSERA_CPUID_BASE);

	if (base.ebx != tessera_signature_word(0) || base.ecx != tessera_signature_word(1) ||
	    base.edx != tessera_signature_word(2) || base.eax < TESSERA_CPUID_FEATURES)
		return 0;
	return tessera_cpuid(TESSERA_CPUID_FEATURES).eax;
}

// Returns TESSERA_FEATURE_* bits. Valid only if tessera_present() is not 0.
static inline uint32_t tessera_features(void)
{
	return tessera_cpuid(TESSERA_CPUID_FEATURES).ebx;
}

// The instruction. A caller can define another one, for example with a fixup for #UD.
#ifndef TESSERA_VMCALL
#define TESSERA_VMCALL "vmcall"
#endif

struct tessera_result {
	int64_t error; // enum tessera_error
	uint64_t value;
};

// Makes any call of the table in the ABI header. `key` is what CLAIM returned, 0 before.
static inline struct tessera_result tessera_call(enum tessera_call call, uint64_t a, uint64_t b,
						 uint64_t c, uint64_t d, uint64_t key)
{
	struct tessera_result r;
	register uint64_t in_r8 __asm__("r8") = key;

	// "memory": the hypervisor reads and writes what the arguments point to, and the call can
	// change which stores take effect.
	__asm__ volatile(TESSERA_VMCALL
			 : "=a"(r.error), "=d"(r.value)
			 : "a"((uint64_t)call), "D"(a), "S"(b), "d"(c), "c"(d), "r"(in_r8)
			 : "memory", "cc");
	return r;
}

static inline struct tessera_result tessera_call_query(enum tessera_query what)
{
	return tessera_call(TESSERA_CALL_QUERY, what, 0, 0, 0, 0);
}

static inline int64_t tessera_call_protect(uint64_t rule, uint64_t gpa, uint64_t length,
					   uint64_t key)
{
	return tessera_call(TESSERA_CALL_PROTECT, rule, gpa, length, 0, key).error;
}

static inline int64_t tessera_call_unprotect(uint64_t rule, uint64_t gpa, uint64_t length,
					     uint64_t key)
{
	return tessera_call(TESSERA_CALL_UNPROTECT, rule, gpa, length, 0, key).error;
}

// `maps` is the guest-physical address of `pages` 32-bit words, aligned to 4 bytes. Bit i of a word
// is 1 if tile i of the page can be written.
static inline int64_t tessera_call_access_get(uint64_t gpa, uint64_t pages, uint64_t maps,
					      uint64_t key)
{
	return tessera_call(TESSERA_CALL_ACCESS_GET, gpa, pages, maps, 0, key).error;
}

static inline int64_t tessera_call_access_set(uint64_t gpa, uint64_t pages, uint64_t maps,
					      uint64_t key)
{
	return tessera_call(TESSERA_CALL_ACCESS_SET, gpa, pages, maps, 0, key).error;
}

#endif
