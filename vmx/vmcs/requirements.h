// SPDX-License-Identifier: MIT
// What Tessera requires of a CPU, as one table. The loader checks it before it reserves memory, the
// hypervisor checks it again on each CPU before VMXON, and `tesseractl check` reads it under Linux.
// Pure data. Manual: "VMX Capability Reporting Facility".
#ifndef VMX_VMCS_REQUIREMENTS_H
#define VMX_VMCS_REQUIREMENTS_H

#include "hv/lib/boot_info.h"
#include "hv/lib/types.h"
#include "hv/x86/cpuid.h"
#include "hv/x86/msr.h"
#include "vmx/vmcs/controls.h"

// The words in which a CPU reports its capabilities, 32 bits each. A control word is the upper half
// of its capability MSR: the controls that may be 1. That half is the same in the older MSRs and in
// the TRUE ones ("Algorithms for Determining VMX Capabilities").
enum vmx_word {
	VMX_WORD_FEATURES,  // CPUID.01H:ECX
	VMX_WORD_EXTENDED,  // CPUID.80000001H:EDX, with NX where the loader can switch it on
	VMX_WORD_LOCK,      // what IA32_FEATURE_CONTROL allows; an unlocked one allows everything
	VMX_WORD_PIN,       // IA32_VMX_PINBASED_CTLS
	VMX_WORD_PRIMARY,   // IA32_VMX_PROCBASED_CTLS
	VMX_WORD_SECONDARY, // IA32_VMX_PROCBASED_CTLS2, where the primary controls have it
	VMX_WORD_EXIT,      // IA32_VMX_EXIT_CTLS
	VMX_WORD_ENTRY,     // IA32_VMX_ENTRY_CTLS
	VMX_WORD_EPT,  // IA32_VMX_EPT_VPID_CAP bits 31:0, where the secondary controls have EPT
	VMX_WORD_VPID, // IA32_VMX_EPT_VPID_CAP bits 63:32, likewise
	VMX_WORD_COUNT,
};

// Which values of `engine =` cannot work without a requirement: one bit per enum boot_engine.
#define NEED_NEVER       0
#define NEED_HARDWARE    BIT(BOOT_ENGINE_HARDWARE)
#define NEED_ALWAYS      (BIT(BOOT_ENGINE_AUTO) | NEED_HARDWARE | BIT(BOOT_ENGINE_SOFTWARE))

#define REMEDY_VMX       "use an Intel CPU with VT-x; in a virtual machine, enable nested VT-x"
#define REMEDY_UNLOCK    "enable VT-x in the firmware setup, then switch the power off and on"
#define REMEDY_NX        "enable Execute Disable (XD or NX) in the firmware setup"
#define REMEDY_OTHER_CPU "use an Intel Core or Xeon of 2010 (Westmere) or later"

// Each row is one requirement, a cause before its consequences: all bits must be set in the word.
// The text of a row that is needed says what to do; that of an optional row says what is lost.
//
//        id                  word       bits                       needed by
//        name                           remedy or loss
// clang-format off
#define VMX_REQUIREMENTS(X) \
	X(NX,                 EXTENDED,  CPUID_EXT_EDX_NX,          NEED_ALWAYS, \
	  "no-execute pages (NX)",             REMEDY_NX) \
	X(VMX,                FEATURES,  CPUID_1_ECX_VMX,           NEED_ALWAYS, \
	  "VMX",                               REMEDY_VMX) \
	X(VMX_ALLOWED,        LOCK,      FEATURE_CONTROL_VMX,       NEED_ALWAYS, \
	  "VMX allowed by firmware",           REMEDY_UNLOCK) \
	X(NMI,                PIN,       PIN_NMI_EXITING | PIN_VIRTUAL_NMIS, NEED_ALWAYS, \
	  "NMI exiting and virtual NMIs",      REMEDY_OTHER_CPU) \
	X(NMI_WINDOW,         PRIMARY,   PRIMARY_NMI_WINDOW,        NEED_ALWAYS, \
	  "NMI-window exiting",                REMEDY_OTHER_CPU) \
	X(IO_BITMAPS,         PRIMARY,   PRIMARY_IO_BITMAPS,        NEED_ALWAYS, \
	  "I/O bitmaps",                       REMEDY_OTHER_CPU) \
	X(MSR_BITMAPS,        PRIMARY,   PRIMARY_MSR_BITMAPS,       NEED_ALWAYS, \
	  "MSR bitmaps",                       REMEDY_OTHER_CPU) \
	X(MONITOR_TRAP,       PRIMARY,   PRIMARY_MONITOR_TRAP,      NEED_ALWAYS, \
	  "monitor trap flag",                 REMEDY_OTHER_CPU) \
	X(SECONDARY,          PRIMARY,   PRIMARY_SECONDARY,         NEED_ALWAYS, \
	  "secondary controls",                REMEDY_OTHER_CPU) \
	X(EPT,                SECONDARY, SECONDARY_EPT,             NEED_ALWAYS, \
	  "EPT",                               REMEDY_OTHER_CPU) \
	X(EPT_FORMAT,         EPT,       EPT_CAP_4_LEVEL | EPT_CAP_WB, NEED_ALWAYS, \
	  "EPT with 4 levels and write-back",  REMEDY_OTHER_CPU) \
	X(INVEPT,             EPT, \
	  EPT_CAP_INVEPT | EPT_CAP_INVEPT_SINGLE | EPT_CAP_INVEPT_ALL, NEED_ALWAYS, \
	  "INVEPT of one and of all contexts", REMEDY_OTHER_CPU) \
	X(UNRESTRICTED,       SECONDARY, SECONDARY_UNRESTRICTED,    NEED_ALWAYS, \
	  "unrestricted guest",                REMEDY_OTHER_CPU) \
	X(VPID,               SECONDARY, SECONDARY_VPID,            NEED_ALWAYS, \
	  "VPID",                              REMEDY_OTHER_CPU) \
	X(INVVPID,            VPID, \
	  (EPT_CAP_INVVPID | EPT_CAP_INVVPID_CONTEXT) >> 32, NEED_ALWAYS, \
	  "INVVPID of one context",            REMEDY_OTHER_CPU) \
	X(EXIT_64,            EXIT,      EXIT_HOST_64,              NEED_ALWAYS, \
	  "64-bit host at VM exit",            REMEDY_OTHER_CPU) \
	X(EXIT_DEBUG,         EXIT,      EXIT_SAVE_DEBUG,           NEED_ALWAYS, \
	  "saving debug controls at VM exit",  REMEDY_OTHER_CPU) \
	X(EXIT_EFER,          EXIT,      EXIT_SAVE_EFER | EXIT_LOAD_EFER, NEED_ALWAYS, \
	  "saving and loading IA32_EFER at VM exit", REMEDY_OTHER_CPU) \
	X(EXIT_PAT,           EXIT,      EXIT_SAVE_PAT | EXIT_LOAD_PAT, NEED_ALWAYS, \
	  "saving and loading IA32_PAT at VM exit",  REMEDY_OTHER_CPU) \
	X(ENTRY_64,           ENTRY,     ENTRY_GUEST_64,            NEED_ALWAYS, \
	  "64-bit guest at VM entry",          REMEDY_OTHER_CPU) \
	X(ENTRY_DEBUG,        ENTRY,     ENTRY_LOAD_DEBUG,          NEED_ALWAYS, \
	  "loading debug controls at VM entry", REMEDY_OTHER_CPU) \
	X(ENTRY_EFER,         ENTRY,     ENTRY_LOAD_EFER,           NEED_ALWAYS, \
	  "loading IA32_EFER at VM entry",     REMEDY_OTHER_CPU) \
	X(ENTRY_PAT,          ENTRY,     ENTRY_LOAD_PAT,            NEED_ALWAYS, \
	  "loading IA32_PAT at VM entry",      REMEDY_OTHER_CPU) \
	X(SPP,                SECONDARY, SECONDARY_SPP,             NEED_HARDWARE, \
	  "SPP",                               "the slower software engine enforces tiles") \
	X(TIMER,              PIN,       PIN_PREEMPTION_TIMER,      NEED_NEVER, \
	  "preemption timer", \
	  "the console answers only when the guest causes a VM exit") \
	X(RDRAND,             FEATURES,  CPUID_1_ECX_RDRAND,        NEED_NEVER, \
	  "RDRAND", \
	  "no agent can claim the policy: use protect = in tessera.conf and the console")
// clang-format on

#define REQUIREMENT_ENUM(id, word, bits, needed, name, remedy) REQUIREMENT_##id,
enum requirement_id { VMX_REQUIREMENTS(REQUIREMENT_ENUM) REQUIREMENT_COUNT };

// The bits of one word that every engine needs, as a constant expression.
#define REQUIREMENT_BITS(id, word, bits, needed, name, remedy) \
	| (VMX_WORD_##word == (_word) && (needed) == NEED_ALWAYS ? (u32)(bits) : 0)

static inline u32 vmx_required(enum vmx_word _word)
{
	return 0 VMX_REQUIREMENTS(REQUIREMENT_BITS);
}

#endif
