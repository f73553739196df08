/* SPDX-License-Identifier: GPL-2.0 OR MIT */
// The hypercalls for this kernel. Tessera can be taken off a running machine, and then VMCALL is an
// undefined instruction: the call returns an error that is none of Tessera's (EIO for programs).
#ifndef TESSERA_VMCALL_H
#define TESSERA_VMCALL_H

#include <asm/asm.h>
#include <linux/errno.h>

// clang-format off
#define TESSERA_VMCALL \
	"1:	vmcall\n" \
	"2:\n" _ASM_EXTABLE_TYPE_REG(1b, 2b, EX_TYPE_EFAULT_REG, %%rax)
// clang-format on

#include "tessera/call.h"

#endif
