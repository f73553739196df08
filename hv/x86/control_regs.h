// SPDX-License-Identifier: MIT
// Bits of the registers that control how a CPU runs: CR0, CR4, EFER, RFLAGS and the segments'
// access rights as the VMCS holds them. Manual: "Control Registers", "Extended Feature Enable
// Register", "EFLAGS Register", "Guest Register State".
#ifndef HV_X86_CONTROL_REGS_H
#define HV_X86_CONTROL_REGS_H

#include "hv/lib/types.h"

#define CR0_PE           BIT(0)
#define CR0_ET           BIT(4)
#define CR0_NE           BIT(5)
#define CR0_WP           BIT(16)
#define CR0_NW           BIT(29)
#define CR0_CD           BIT(30)
#define CR0_PG           BIT(31)

#define CR4_PAE          BIT(5)
#define CR4_MCE          BIT(6)
#define CR4_OSFXSR       BIT(9)
#define CR4_LA57         BIT(12)
#define CR4_VMXE         BIT(13)
#define CR4_SMXE         BIT(14)
#define CR4_PCIDE        BIT(17)
#define CR4_OSXSAVE      BIT(18)
#define CR4_KL           BIT(19)
#define CR4_SMAP         BIT(21)
#define CR4_PKE          BIT(22)
#define CR4_CET          BIT(23)
#define CR4_PKS          BIT(24)

#define EFER_SCE         BIT(0)
#define EFER_LME         BIT(8)
#define EFER_LMA         BIT(10)
#define EFER_NXE         BIT(11)

#define RFLAGS_CF        BIT(0)
#define RFLAGS_TF        BIT(8)
#define RFLAGS_IF        BIT(9)
#define RFLAGS_DF        BIT(10)
#define RFLAGS_RF        BIT(16)
#define RFLAGS_VM        BIT(17)
#define RFLAGS_AC        BIT(18)

#define RIGHTS_PRESENT   BIT(7)
#define RIGHTS_SEGMENT   BIT(4)  // S: code or data, not a system segment
#define RIGHTS_LONG_MODE BIT(13) // CS.L
#define RIGHTS_DEFAULT   BIT(14) // D/B
#define RIGHTS_PAGES     BIT(15) // G: the limit counts pages
#define RIGHTS_UNUSABLE  BIT(16)
#define RIGHTS_CODE      (RIGHTS_PRESENT | 0x1b) // read/execute, accessed
#define RIGHTS_DATA      (RIGHTS_PRESENT | 0x13) // read/write, accessed
#define RIGHTS_LDT       (RIGHTS_PRESENT | 0x02)
#define RIGHTS_BUSY_TSS  (RIGHTS_PRESENT | 0x0b)

// Vectors of exceptions. Manual: "Exception and Interrupt Reference".
#define VECTOR_DB  1
#define VECTOR_NMI 2
#define VECTOR_UD  6
#define VECTOR_DF  8
#define VECTOR_GP  13
#define VECTOR_PF  14
#define VECTOR_MC  18

#endif
