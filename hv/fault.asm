; SPDX-License-Identifier: MIT
; The 256 host interrupt gates. Each pushes its vector and joins one path to hv/fault.c.
bits 64
default rel

extern host_fault
global fault_stubs

FAULT_STUB_SIZE equ 16
; Vectors for which the processor pushes an error code itself.
%define HAS_ERROR_CODE(v) (v == 8 || (v >= 10 && v <= 14) || v == 17 || v == 21 || v == 29 || v == 30)

section .text

align 16
fault_stubs:
%assign vector 0
%rep 256
	align 16
	%if !HAS_ERROR_CODE(vector)
	push	0
	%endif
	push	vector
	jmp	near fault_common
%assign vector vector + 1
%endrep

fault_common:
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
	mov	rbp, rsp
	and	rsp, -16
	cld
	call	host_fault
	mov	rsp, rbp
	pop	rax
	pop	rcx
	pop	rdx
	pop	rbx
	add	rsp, 8
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
	add	rsp, 16
	iretq
