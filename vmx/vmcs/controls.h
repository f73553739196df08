// SPDX-License-Identifier: MIT
// The bits of the VMX control words, interruption information and capability MSRs that we name.
// Manual: "VM-Execution Control Fields", "VM-Exit Control Fields", "VM-Entry Control Fields".
#ifndef VMX_VMCS_CONTROLS_H
#define VMX_VMCS_CONTROLS_H

#include "hv/lib/types.h"

#define PIN_NMI_EXITING        BIT(3)
#define PIN_VIRTUAL_NMIS       BIT(5)
#define PIN_PREEMPTION_TIMER   BIT(6)

#define PRIMARY_NMI_WINDOW     BIT(22)
#define PRIMARY_IO_BITMAPS     BIT(25)
#define PRIMARY_MONITOR_TRAP   BIT(27)
#define PRIMARY_MSR_BITMAPS    BIT(28)
#define PRIMARY_SECONDARY      BIT(31)

#define SECONDARY_EPT          BIT(1)
#define SECONDARY_RDTSCP       BIT(3)
#define SECONDARY_VPID         BIT(5)
#define SECONDARY_UNRESTRICTED BIT(7)
#define SECONDARY_INVPCID      BIT(12)
#define SECONDARY_XSAVES       BIT(20)
#define SECONDARY_SPP          BIT(23)
#define SECONDARY_USER_WAIT    BIT(26)

#define EXIT_SAVE_DEBUG        BIT(2)
#define EXIT_HOST_64           BIT(9)
#define EXIT_SAVE_PAT          BIT(18)
#define EXIT_LOAD_PAT          BIT(19)
#define EXIT_SAVE_EFER         BIT(20)
#define EXIT_LOAD_EFER         BIT(21)
#define EXIT_SAVE_TIMER        BIT(22)
#define EXIT_LOAD_CET          BIT(28)

#define ENTRY_LOAD_DEBUG       BIT(2)
#define ENTRY_GUEST_64         BIT(9)
#define ENTRY_LOAD_PAT         BIT(14)
#define ENTRY_LOAD_EFER        BIT(15)
#define ENTRY_LOAD_CET         BIT(20)

#define ACTIVITY_ACTIVE        0
#define ACTIVITY_HLT           1
#define ACTIVITY_SHUTDOWN      2
#define ACTIVITY_WAIT_FOR_SIPI 3

#define BLOCKING_BY_STI        BIT(0)
#define BLOCKING_BY_MOV_SS     BIT(1)
#define BLOCKING_BY_NMI        BIT(3)

// Interruption-information format, for exit, entry and IDT vectoring alike.
#define EVENT_VECTOR          0xffU
#define EVENT_TYPE            (7U << 8)
#define EVENT_EXTERNAL        (0U << 8)
#define EVENT_NMI             (2U << 8)
#define EVENT_HARDWARE        (3U << 8)
#define EVENT_SOFTWARE_INT    (4U << 8)
#define EVENT_PRIVILEGED_TRAP (5U << 8)
#define EVENT_SOFTWARE_TRAP   (6U << 8)
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
#define EPT_CAP_WB              BIT(14)
#define EPT_CAP_2M              BIT(16)
#define EPT_CAP_1G              BIT(17)
#define EPT_CAP_INVEPT          BIT(20)
#define EPT_CAP_INVEPT_SINGLE   BIT(25)
#define EPT_CAP_INVEPT_ALL      BIT(26)
#define EPT_CAP_INVVPID         BIT(32)
#define EPT_CAP_INVVPID_CONTEXT BIT(41)

// IA32_VMX_MISC.
#define MISC_TIMER_SHIFT   0x1fU
#define MISC_WAIT_FOR_SIPI BIT(8)

#endif
