// SPDX-License-Identifier: MIT
// The bits of the VMX control words, interruption information and capability MSRs that we name.
// Manual: "VM-Execution Control Fields", "VM-Exit Control Fields", "VM-Entry Control Fields".
#ifndef VMX_VMCS_CONTROLS_H
#define VMX_VMCS_CONTROLS_H

#include "hv/lib/types.h"

#define PIN_EXTERNAL_EXITING     BIT(0)
#define PIN_NMI_EXITING          BIT(3)
#define PIN_VIRTUAL_NMIS         BIT(5)
#define PIN_PREEMPTION_TIMER     BIT(6)
#define PIN_POSTED_INTERRUPTS    BIT(7)

#define PRIMARY_TERTIARY         BIT(17)
#define PRIMARY_TPR_SHADOW       BIT(21)
#define PRIMARY_NMI_WINDOW       BIT(22)
#define PRIMARY_IO_BITMAPS       BIT(25)
#define PRIMARY_MONITOR_TRAP     BIT(27)
#define PRIMARY_MSR_BITMAPS      BIT(28)
#define PRIMARY_SECONDARY        BIT(31)

#define SECONDARY_APIC_ACCESSES  BIT(0)
#define SECONDARY_EPT            BIT(1)
#define SECONDARY_RDTSCP         BIT(3)
#define SECONDARY_X2APIC_MODE    BIT(4)
#define SECONDARY_VPID           BIT(5)
#define SECONDARY_UNRESTRICTED   BIT(7)
#define SECONDARY_APIC_REGISTERS BIT(8)
#define SECONDARY_VIRTUAL_INTR   BIT(9)
#define SECONDARY_INVPCID        BIT(12)
#define SECONDARY_VM_FUNCTIONS   BIT(13)
#define SECONDARY_VMCS_SHADOWING BIT(14)
#define SECONDARY_PML            BIT(17)
#define SECONDARY_EPT_VE         BIT(18)
#define SECONDARY_XSAVES         BIT(20)
#define SECONDARY_PASID          BIT(21)
#define SECONDARY_MBE            BIT(22)
#define SECONDARY_SPP            BIT(23)
#define SECONDARY_PT_GUEST_PA    BIT(24)
#define SECONDARY_TSC_SCALING    BIT(25)
#define SECONDARY_USER_WAIT      BIT(26)

#define TERTIARY_HLAT            BIT(1)
#define TERTIARY_PAGING_WRITE    BIT(2)
#define TERTIARY_GUEST_PAGING    BIT(3)
#define TERTIARY_IPI             BIT(4)

#define EXIT_SAVE_DEBUG          BIT(2)
#define EXIT_HOST_64             BIT(9)
#define EXIT_LOAD_PERF           BIT(12)
#define EXIT_ACK_INTERRUPT       BIT(15)
#define EXIT_SAVE_PAT            BIT(18)
#define EXIT_LOAD_PAT            BIT(19)
#define EXIT_SAVE_EFER           BIT(20)
#define EXIT_LOAD_EFER           BIT(21)
#define EXIT_SAVE_TIMER          BIT(22)
#define EXIT_CLEAR_RTIT          BIT(25)
#define EXIT_LOAD_CET            BIT(28)
#define EXIT_LOAD_PKRS           BIT(29)
#define EXIT_SECONDARY           BIT(31)

#define ENTRY_LOAD_DEBUG         BIT(2)
#define ENTRY_GUEST_64           BIT(9)
#define ENTRY_TO_SMM             BIT(10)
#define ENTRY_DEACTIVATE_DUAL    BIT(11)
#define ENTRY_LOAD_PERF          BIT(13)
#define ENTRY_LOAD_PAT           BIT(14)
#define ENTRY_LOAD_EFER          BIT(15)
#define ENTRY_LOAD_BNDCFGS       BIT(16)
#define ENTRY_LOAD_RTIT          BIT(18)
#define ENTRY_LOAD_UINV          BIT(19)
#define ENTRY_LOAD_CET           BIT(20)
#define ENTRY_LOAD_LBR           BIT(21)
#define ENTRY_LOAD_PKRS          BIT(22)

#define ACTIVITY_ACTIVE          0
#define ACTIVITY_HLT             1
#define ACTIVITY_SHUTDOWN        2
#define ACTIVITY_WAIT_FOR_SIPI   3

#define BLOCKING_BY_STI          BIT(0)
#define BLOCKING_BY_MOV_SS       BIT(1)
#define BLOCKING_BY_SMI          BIT(2)
#define BLOCKING_BY_NMI          BIT(3)
#define BLOCKING_ENCLAVE         BIT(4) // the interrupted instruction was in an enclave

// Pending debug exceptions.
#define PENDING_DEBUG_BUS_LOCK BIT(11)
#define PENDING_DEBUG_ENABLED  BIT(12) // an enabled breakpoint was met
#define PENDING_DEBUG_BS       BIT(14)
#define PENDING_DEBUG_RTM      BIT(16)

// IA32_DEBUGCTL.
#define DEBUGCTL_LBR BIT(0)
#define DEBUGCTL_BTF BIT(1)        // TF traps on branches only
#define DEBUGCTL_BTS (0xfULL << 7) // branches are stored in the DS area: 4 bits about it

// Interruption-information format, for exit, entry and IDT vectoring alike.
#define EVENT_VECTOR          0xffU
#define EVENT_TYPE            (7U << 8)
#define EVENT_EXTERNAL        (0U << 8)
#define EVENT_NMI             (2U << 8)
#define EVENT_HARDWARE        (3U << 8)
#define EVENT_SOFTWARE_INT    (4U << 8)
#define EVENT_PRIVILEGED_TRAP (5U << 8)
#define EVENT_SOFTWARE_TRAP   (6U << 8)
#define EVENT_OTHER           (7U << 8) // vector 0: a pending MTF exit
#define EVENT_ERROR_CODE      (1U << 11)
#define EVENT_NMI_UNBLOCKING  (1U << 12) // exit information only: undefined in vectoring info
#define EVENT_VALID           (1U << 31)

// Exit qualification of EPT violations and SPP events.
#define QUAL_READ           BIT(0)
#define QUAL_WRITE          BIT(1)
#define QUAL_EXECUTE        BIT(2)
#define QUAL_LINEAR_VALID   BIT(7)
#define QUAL_FINAL_ACCESS   BIT(8)  // 0: an access to the guest's paging structures
#define QUAL_SPP_MISS       BIT(11) // SPP event: 1 = miss, 0 = misconfiguration
#define QUAL_NMI_UNBLOCKING BIT(12)

// IA32_VMX_EPT_VPID_CAP.
#define EPT_CAP_4_LEVEL         BIT(6)
#define EPT_CAP_5_LEVEL         BIT(7)
#define EPT_CAP_UC              BIT(8)
#define EPT_CAP_WB              BIT(14)
#define EPT_CAP_2M              BIT(16)
#define EPT_CAP_1G              BIT(17)
#define EPT_CAP_INVEPT          BIT(20)
#define EPT_CAP_DIRTY           BIT(21)
#define EPT_CAP_SHADOW_STACK    BIT(23)
#define EPT_CAP_INVEPT_SINGLE   BIT(25)
#define EPT_CAP_INVEPT_ALL      BIT(26)
#define EPT_CAP_INVVPID         BIT(32)
#define EPT_CAP_INVVPID_CONTEXT BIT(41)

// IA32_VMX_BASIC.
#define BASIC_32_BIT_ADDRESSES BIT(48)
#define BASIC_TRUE_CONTROLS    BIT(55)
#define BASIC_ANY_ERROR_CODE   BIT(56)

// IA32_VMX_MISC.
#define MISC_TIMER_SHIFT   0x1fU
#define MISC_HLT           BIT(6)
#define MISC_SHUTDOWN      BIT(7)
#define MISC_WAIT_FOR_SIPI BIT(8)
#define MISC_CR3_TARGETS   16 // bits 24:16
#define MISC_LENGTH_ZERO   BIT(30)

#endif
