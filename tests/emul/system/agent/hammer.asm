; SPDX-License-Identifier: MIT
; Loops of a few instructions for processors that hammer memory.
bits 64
default rel

global hammer_loop, hammer_store, hammer_change, add_loop

section .text

; RDI = byte, RSI = where a nonzero byte says stop, RAX counts. A handler may skip the stores, which
; are two bytes long. Tessera carries the first one out itself, and steps the second one.
hammer_loop:
	inc rax
hammer_store:
	mov [rdi], al
	inc rax
hammer_change:
	not byte [rdi]
	cmp byte [rsi], 0
	je hammer_loop
	ret

; RDI = a counter of our own, RSI = one that all share, RCX = how often.
add_loop:
	inc qword [rdi]
	lock inc qword [rsi]
	loop add_loop
	ret
