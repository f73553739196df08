; SPDX-License-Identifier: MIT
; The targets of the IDT in root mode: a stub for each exception, and one for all interrupts, which
; root mode never takes. Each pushes its vector and joins one path to hv/x86/fault.c.
bits 64
default rel

%include "hv/x86/regs.inc"

extern host_fault
global fault_stubs

FAULT_STUB_SIZE equ 16
; Vectors for which the CPU pushes an error code.
%define HAS_ERROR_CODE(v) (v == 8 || (v >= 10 && v <= 14) || v == 17 || v == 21 || PAST_CET(v))
%define PAST_CET(v) (v == 29 || v == 30)

section .text

align 16
fault_stubs:
%assign vector 0
%rep 33
	align 16
	%if !HAS_ERROR_CODE(vector)
	push	0
	%endif
	push	vector
	jmp	near fault_common
%assign vector vector + 1
%endrep

fault_common:
	PUSH_GPRS
	mov	rdi, rsp
	mov	rbp, rsp
	and	rsp, -16
	cld
	call	host_fault
	mov	rsp, rbp
	POP_GPRS
	add	rsp, 16
	iretq
