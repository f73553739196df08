// SPDX-License-Identifier: MIT
#include "vmx/step/hold.h"

#include "vmx/vmcs/controls.h"
#include "vmx/vmcs/guest.h"
#include "vmx/vmcs/vmcs.h"

static void set_interrupt_exiting(bool on)
{
	u64 pin = vmread(PIN_CONTROLS);

	vmwrite(PIN_CONTROLS, on ? pin | PIN_EXTERNAL_EXITING : pin & ~(u64)PIN_EXTERNAL_EXITING);
}

enum hold hold_interrupts(bool may_exit)
{
	u64 rflags = vmread(GUEST_RFLAGS), shadow;

	if (!(rflags & RFLAGS_IF))
		return HOLD_NONE;
	shadow = vmread(GUEST_INTERRUPTIBILITY);
	if ((shadow & (BLOCKING_BY_STI | BLOCKING_BY_MOV_SS)) ||
	    (vmread(ENTRY_INTERRUPTION_INFO) & EVENT_VALID) ||
	    (vmread(GUEST_PENDING_DEBUG) & (PENDING_DEBUG_BS | PENDING_DEBUG_ENABLED)))
		return HOLD_NONE;
	if (!guest_traps(rflags)) {
		vmwrite(GUEST_INTERRUPTIBILITY, shadow | BLOCKING_BY_STI);
		return HOLD_BY_SHADOW;
	}
	if (!may_exit)
		return HOLD_NONE;
	set_interrupt_exiting(true);
	return HOLD_BY_EXIT;
}

void hold_end(enum hold hold)
{
	if (hold == HOLD_BY_SHADOW)
		vmwrite(GUEST_INTERRUPTIBILITY,
			vmread(GUEST_INTERRUPTIBILITY) & ~(u64)BLOCKING_BY_STI);
	hold_used(hold);
}

void hold_used(enum hold hold)
{
	if (hold == HOLD_BY_EXIT)
		set_interrupt_exiting(false);
}
