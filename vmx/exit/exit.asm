; SPDX-License-Identifier: MIT
; Every VM exit arrives here, on the CPU's own stack, and leaves again by VMRESUME. The
; registers become a struct regs (hv/x86/regs.h).
bits 64
default rel

%include "hv/x86/regs.inc"

extern vmx_exit_handler, vmx_resume_failed
global vmx_exit

section .text

align 16
vmx_exit:
	PUSH_GPRS
	mov	rdi, rsp
	call	[vmx_exit_handler]
	POP_GPRS
	vmresume
	call	vmx_resume_failed
