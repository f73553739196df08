; SPDX-License-Identifier: MIT
; Updates that must be atomic, each by the instructions that operating systems use for them.
bits 64
default rel

global update_loop

STORED_HASH equ 0x9e3779b1

section .text

; RDI = what all processors update (struct shared in updates.c), RSI = where a nonzero byte says
; stop, R9 = a number that only the holder of the spin lock changes, R10 = the first number to
; store. R8 counts the rounds; each adds 3 to the sum, and 1 and 3 to the halves of the pair.
update_loop:
	mov edx, 1
	lock xadd [rdi], rdx
	lock inc qword [rdi]

	mov rax, [rdi]
.compare:
	lea rdx, [rax + 1]
	lock cmpxchg [rdi], rdx
	jne .compare

	mov rax, [rdi + 32]
	mov rdx, [rdi + 40]
.compare_pair:
	lea rbx, [rax + 1]
	lea rcx, [rdx + 3]
	lock cmpxchg16b [rdi + 32]
	jne .compare_pair

	; Two plain stores of a number and its hash. Tessera carries the first one out itself, and
	; steps the second one.
	inc r10d
	imul edx, r10d, STORED_HASH
	shl rdx, 32
	or rdx, r10
	mov [rdi + 48], rdx
	inc r10d
	imul edx, r10d, STORED_HASH
	shl rdx, 32
	or rdx, r10
	movnti [rdi + 48], rdx

	inc r8
.spin:
	mov al, 1
	xchg [rdi + 24], al
	test al, al
	jz .locked
	pause
	cmp byte [rsi], 0
	je .spin
	ret
.locked:
	inc qword [r9]
	mov byte [rdi + 24], 0
	cmp byte [rsi], 0
	je update_loop
	ret
