// SPDX-License-Identifier: MIT
// What the hypervisor keeps for each CPU. In root mode GS points to this CPU's record.
#ifndef HV_CORE_CPU_H
#define HV_CORE_CPU_H

#include "hv/lib/boot_info.h"
#include "hv/lib/types.h"
#include "hv/x86/exit_reason.h"
#include "hv/x86/regs.h"

#define STACK_SIZE      0x4000 // root-mode stack
#define IST_STACK_SIZE  0x1000
#define GDT_ENTRIES     18 // null, code, data, and the TSS in the last two (hv/core/host.h)
#define WINDOWS_PER_CPU 4

struct __attribute__((packed)) tss {
	u32 reserved0;
	u64 rsp[3];
	u64 reserved1;
	u64 ist[7];
	u64 reserved2;
	u16 reserved3;
	u16 io_map;
};

enum cpu_state {
	CPU_OFFLINE, // not launched
	CPU_ROOT,    // runs the hypervisor; invalidates before it enters the guest again
	CPU_GUEST,   // runs the guest; a shootdown must kick it
	CPU_WAITING, // in wait-for-SIPI; invalidates on its SIPI
	CPU_PARKED,  // stopped after an unexpected exit; never enters the guest again
};

// How a CPU waits for its SIPI: in the VMX activity state of that name, or in root mode.
enum cpu_waits { WAITS_NOT, WAITS_IN_VMX, WAITS_IN_ROOT };

// The last exits of a CPU, for its report when it is parked.
#define EXIT_TRAIL 16

struct exit_trail {
	u32 reason;
};

// Where the last EPT violation occurred that the tables do not explain, to detect a loop of exits.
struct exit_repeat {
	u64 rip, gpa;
	u32 count;
};

// The instruction whose write froze the VM. After the resume it may write once.
struct freeze_pass {
	bool valid;
	u64 rip, cr3;
};

// The operator's step of one instruction while the VM is frozen (hv/core/freeze.c).
enum single { SINGLE_NONE, SINGLE_WANTED, SINGLE_RUNS, SINGLE_DONE, SINGLE_HALTED };

struct exit_book;
struct native_state;
struct step;
struct vm;

struct cpu {
	struct cpu *self; // gs:0
	u32 number;
	u32 apic_id;
	struct vm *vm;

	u32 state;       // enum cpu_state. Written by this CPU, read by all.
	u32 entry_state; // what `state` becomes at VM entry: CPU_GUEST or CPU_WAITING
	// hv/core/shootdown.c
	struct {
		u32 kick;      // an NMI of Tessera's is on its way here
		bool again;    // and perhaps a second one, since the first seemed lost
		bool no_kicks; // Tessera may send this CPU no NMI
		bool late;     // this CPU did not answer: no shootdown waits for it, and it parks
		u64 done;      // vm->shootdown.wanted as of this CPU's last INVEPT
	} shootdown;
	// vmx/devirt/handoff.c
	struct {
		struct native_state *page;  // allocated by the first try
		struct native_state *state; // this CPU is native after the next NMI
	} devirt;

	bool apic_is_off; // for the guest; NMIs still arrive (vmx/exit/apic_base.c)

	// What the next VM entry must look at: enum cpu_work bits. 0 is the fast path.
	u32 work;
	bool nmi_pending;
	u32 after_instruction; // work that becomes due after one more guest instruction
	// vmx/exit/init_sipi.c
	struct {
		u32 sent;  // INIT and SIPI that other CPUs sent, 0 = none
		u32 waits; // enum cpu_waits
	} start;

	u64 exits[REASON_COUNT];
	u64 exits_total;
	struct exit_trail trail[EXIT_TRAIL];

	struct exit_repeat repeat;
	bool in_nmi;       // in root mode's NMI handler
	u32 locks;         // held by this CPU: bits of enum lock_rank, in the test flavour
	bool in_step;      // a step is open
	struct step *step; // vmx/step/step.h
	struct regs *regs; // of the exit under way

	// hv/core/freeze.c
	struct {
		bool frozen; // this CPU is in freeze_wait ...
		u64 rip;     // ... before the guest's instruction here
		u32 single;  // enum single
		struct freeze_pass pass;
	} freeze;
	// hv/core/run_on.c
	struct {
		void (*work)(struct cpu *c); // the function to run on this CPU, NULL = none
		bool done;
	} run_on;
	u32 drill; // enum drill, for WORK_DRILL
	// vmx/exit/timing.c
	struct {
		u64 began;              // the exit under way, while exits are timed
		struct exit_book *book; // NULL until the operator first asks for one
	} timing;

	u64 vmxon_pa, vmcs_pa;
	u64 *window[WINDOWS_PER_CPU]; // page-table slots of this CPU's windows
	u8 *window_va;
	u8 *stack_top;
	u64 gdt[GDT_ENTRIES];
	struct tss tss;
};

// Bits of cpu.work, in the order in which work_run handles them. Other CPUs set bits too, so
// changes are atomic.
enum cpu_work {
	WORK_DRILL = BIT(0),        // the operator rehearses a surprise
	WORK_FREEZE = BIT(1),       // the VM is to be frozen
	WORK_RUN_ON = BIT(2),       // the console has a function to run on this CPU
	WORK_START = BIT(3),        // an INIT or a SIPI came
	WORK_STEP = BIT(4),         // a step is open
	WORK_INJECT = BIT(5),       // an NMI waits for its window
	WORK_EVENTS = BIT(6),       // an event waits for the agent's ring
	WORK_DEVIRTUALIZE = BIT(7), // this CPU is to be devirtualized
	WORK_COUNT = 8,
};

static inline struct cpu *cpu_this(void)
{
	struct cpu *c;

	__asm__("movq %%gs:0, %0" : "=r"(c));
	return c;
}

// The number of this CPU; 0 before GS is set up.
u32 cpu_number(void);

#endif
