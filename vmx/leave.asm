; SPDX-License-Identifier: MIT
; The last steps of taking Tessera off a processor: from our page tables to the guest's, on the entry
; page, which both map at its physical address. struct leave_state is vmx/leave.c's.
bits 64
default rel

LEAVE_CR3      equ 128
LEAVE_RIP      equ 136
LEAVE_RSP      equ 144
LEAVE_RFLAGS   equ 152
LEAVE_GDTR     equ 160
LEAVE_IDTR     equ 170
LEAVE_SELECTOR equ 180
LEAVE_FS_BASE  equ 200
LEAVE_GS_BASE  equ 208

FS_BASE equ 0xc0000100
GS_BASE equ 0xc0000101

extern image_start
global leave_native, leave_state

section .entry

; void leave_native(u64 entry_page_pa [rdi])
leave_native:
	lea	rax, [.physical]
	lea	rcx, [image_start]
	sub	rax, rcx
	add	rax, rdi
	lea	rdx, [leave_state]
	mov	r8, [rdx + LEAVE_CR3]
	jmp	rax
.physical:
	mov	cr3, r8
	lea	r15, [leave_state] ; now its physical address
	lgdt	[r15 + LEAVE_GDTR]
	lidt	[r15 + LEAVE_IDTR]
	; A TSS descriptor is loaded while it is marked as not busy.
	movzx	eax, word [r15 + LEAVE_SELECTOR + 14]
	test	eax, eax
	jz	.no_tss
	mov	rcx, [r15 + LEAVE_GDTR + 2]
	and	byte [rcx + rax + 5], ~2
	ltr	ax
.no_tss:
	mov	es, [r15 + LEAVE_SELECTOR + 0]
	mov	ds, [r15 + LEAVE_SELECTOR + 6]
	mov	fs, [r15 + LEAVE_SELECTOR + 8]
	mov	gs, [r15 + LEAVE_SELECTOR + 10]
	mov	ecx, FS_BASE
	mov	eax, [r15 + LEAVE_FS_BASE]
	mov	edx, [r15 + LEAVE_FS_BASE + 4]
	wrmsr
	mov	ecx, GS_BASE
	mov	eax, [r15 + LEAVE_GS_BASE]
	mov	edx, [r15 + LEAVE_GS_BASE + 4]
	wrmsr

	; The frame for IRETQ goes below the guest's stack pointer; firmware has no red zone.
	mov	rsp, [r15 + LEAVE_RSP]
	movzx	eax, word [r15 + LEAVE_SELECTOR + 4]
	push	rax
	push	qword [r15 + LEAVE_RSP]
	push	qword [r15 + LEAVE_RFLAGS]
	movzx	eax, word [r15 + LEAVE_SELECTOR + 2]
	push	rax
	push	qword [r15 + LEAVE_RIP]
	mov	rax, [r15 + 0 * 8]
	mov	rcx, [r15 + 1 * 8]
	mov	rdx, [r15 + 2 * 8]
	mov	rbx, [r15 + 3 * 8]
	mov	rbp, [r15 + 5 * 8]
	mov	rsi, [r15 + 6 * 8]
	mov	rdi, [r15 + 7 * 8]
	mov	r8, [r15 + 8 * 8]
	mov	r9, [r15 + 9 * 8]
	mov	r10, [r15 + 10 * 8]
	mov	r11, [r15 + 11 * 8]
	mov	r12, [r15 + 12 * 8]
	mov	r13, [r15 + 13 * 8]
	mov	r14, [r15 + 14 * 8]
	mov	r15, [r15 + 15 * 8]
	iretq

section .bss
alignb 16
leave_state:
	resb	256
