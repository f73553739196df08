; SPDX-License-Identifier: MIT
; Code for the trap flag: after each instruction of tf_code a debug trap must come, at the address
; that tf_stops lists. RDI points to memory that takes a step, RSI to memory that does not.
bits 64
default rel

global tf_code, tf_code_end, tf_stops, tf_stops_end
global sti_code, sti_store, sti_behind, sti_add_code, sti_add, sti_add_behind

section .data align=8
tf_stops:

%macro STOP 0
%%here:
section .data
	dq %%here
section .text
%endmacro

section .text
tf_code:
	xor ecx, ecx
	STOP
	xgetbv
	STOP
	xsetbv ; always exits
	STOP
	nop
	STOP
	xor eax, eax
	STOP
	cpuid ; always exits
	STOP
	mov [rsi], ebx
	STOP
	mov [rdi], ebx ; steps
	STOP
	mov eax, 0
	STOP
	mov edi, edi
	STOP
	vmcall ; a call that fails or not: it always exits
	STOP
	nop
	STOP
	ret
tf_code_end:

section .data
tf_stops_end:

section .text
; An interrupt waits. It must come behind the store, not before.
sti_code:
	sti
sti_store:
	mov [rdi], al
sti_behind:
	nop
	nop
	cli
	ret

; The same with a store that is stepped.
sti_add_code:
	sti
sti_add:
	add [rdi], al
sti_add_behind:
	nop
	nop
	cli
	ret
