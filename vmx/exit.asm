; SPDX-License-Identifier: MIT
; Every VM exit arrives here, on the processor's own stack, and leaves again by VMRESUME. The
; order of the pushes makes struct regs (vmx/regs.h).
bits 64
default rel

extern vmx_handle_exit, vmx_resume_failed
global vmx_exit, vmx_continue

section .text

align 16
vmx_exit:
	push	r15
	push	r14
	push	r13
	push	r12
	push	r11
	push	r10
	push	r9
	push	r8
	push	rdi
	push	rsi
	push	rbp
	push	rsp
	push	rbx
	push	rdx
	push	rcx
	push	rax
	mov	rdi, rsp
	call	vmx_handle_exit
vmx_continue:
	pop	rax
	pop	rcx
	pop	rdx
	pop	rbx
	pop	rbp ; RSP's place: the VMCS has the live one
	pop	rbp
	pop	rsi
	pop	rdi
	pop	r8
	pop	r9
	pop	r10
	pop	r11
	pop	r12
	pop	r13
	pop	r14
	pop	r15
	vmresume
	call	vmx_resume_failed
