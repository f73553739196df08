// SPDX-License-Identifier: MIT
// Rights of the guest to its own memory, for what root mode carries out in the guest's place.
// Manual: "Determination of Access Rights".
#ifndef VMX_VMCS_RIGHTS_H
#define VMX_VMCS_RIGHTS_H

#include "hv/core/guest_walk.h"
#include "hv/x86/control_regs.h"
#include "hv/x86/insn.h"
#include "vmx/vmcs/guest.h"

// Whether PKRU, which a VM exit leaves as the guest had it, allows a user page with this key. Root
// mode can read it if its own CR4.PKE is on. Manual: "Protection Keys".
static inline bool guest_key_allows(u64 leaf, bool write)
{
	u32 denied = write ? PKRU_NO_ACCESS | PKRU_NO_WRITE : PKRU_NO_ACCESS;

	return vmread(HOST_CR4) & CR4_PKE &&
	       !(rdpkru() >> 2 * (leaf >> PTE_KEY_SHIFT & PTE_KEY_MAX) & denied);
}

// Whether an explicit access at the guest's CPL is allowed to the byte that the walk has reached.
// Errs on the side of false where the walk does not tell: a write without CR0.WP, keys of
// supervisor pages, and a write to a page without dirty flag, which only the CPU may set. Root
// mode, for the VMCS of this CPU. Inlined: each plain store asks it.
static inline __attribute__((always_inline)) bool guest_may_access(const struct paging *p,
								   const struct walk *w, bool write)
{
	bool user = guest_cpl() == 3;
	u64 leaf;

	if (!w->levels) // no paging
		return true;
	leaf = w->at[w->levels - 1].entry;
	if (write && !(w->all & PTE_WRITE && leaf & PTE_DIRTY))
		return false;
	if (!(w->all & PTE_USER))
		return !user && !(p->cr4 & CR4_PKS);
	return (user || !(p->cr4 & CR4_SMAP) || vmread(GUEST_RFLAGS) & RFLAGS_AC) &&
	       (!(p->cr4 & CR4_PKE) || guest_key_allows(leaf, write));
}

#endif
