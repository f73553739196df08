; SPDX-License-Identifier: MIT
; Loops of a few instructions for processors that hammer memory.
bits 64
default rel

global hammer_loop, hammer_store, hammer_behind, add_loop

section .text

; RDI = byte, RSI = where a nonzero byte says stop, RAX counts. A handler may skip the store.
hammer_loop:
	inc rax
hammer_store:
	mov [rdi], al
hammer_behind:
	cmp byte [rsi], 0
	je hammer_loop
	ret

; RDI = a counter of our own, RSI = one that all share, RCX = how often.
add_loop:
	inc qword [rdi]
	lock inc qword [rsi]
	loop add_loop
	ret
