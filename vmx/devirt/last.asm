; SPDX-License-Identifier: MIT
; The last steps of taking Tessera off a processor, at an address that our page tables and the
; guest's both map. struct leave_state is vmx/devirt/handoff.c's.
bits 64
default rel

LEAVE_CR3       equ 128
LEAVE_SLOT      equ 136
LEAVE_GDTR      equ 144
LEAVE_IDTR      equ 154
LEAVE_COPY_GDTR equ 164
LEAVE_SELECTOR  equ 174
LEAVE_FS_BASE   equ 192
LEAVE_GS_BASE   equ 200
LEAVE_FRAME     equ 208

FS_BASE equ 0xc0000100
GS_BASE equ 0xc0000101

global leave_native

section .entry

; void leave_native(struct leave_state *s [rdi]), VMX off, the guest's CR0, CR4 and MSRs loaded.
leave_native:
	lgdt	[rdi + LEAVE_COPY_GDTR]
	movzx	eax, word [rdi + LEAVE_SELECTOR + 14]
	test	eax, eax
	jz	.no_tss
	ltr	ax
.no_tss:
	lldt	[rdi + LEAVE_SELECTOR + 12]
	mov	es, [rdi + LEAVE_SELECTOR + 0]
	mov	ds, [rdi + LEAVE_SELECTOR + 6]
	mov	fs, [rdi + LEAVE_SELECTOR + 8]
	mov	gs, [rdi + LEAVE_SELECTOR + 10]
	mov	ecx, FS_BASE
	mov	eax, [rdi + LEAVE_FS_BASE]
	mov	edx, [rdi + LEAVE_FS_BASE + 4]
	wrmsr
	mov	ecx, GS_BASE
	mov	eax, [rdi + LEAVE_GS_BASE]
	mov	edx, [rdi + LEAVE_GS_BASE + 4]
	wrmsr

	; The state's frame is the stack from here on: two registers are pushed below it.
	lea	rsp, [rdi + LEAVE_FRAME]
	mov	rax, [rdi + LEAVE_CR3]
	mov	cr3, rax
	lgdt	[rdi + LEAVE_GDTR]
	lidt	[rdi + LEAVE_IDTR]
	mov	rax, [rdi + 0 * 8]
	mov	rcx, [rdi + 1 * 8]
	mov	rdx, [rdi + 2 * 8]
	mov	rbx, [rdi + 3 * 8]
	mov	rbp, [rdi + 5 * 8]
	mov	rsi, [rdi + 6 * 8]
	mov	r8, [rdi + 8 * 8]
	mov	r9, [rdi + 9 * 8]
	mov	r10, [rdi + 10 * 8]
	mov	r11, [rdi + 11 * 8]
	mov	r12, [rdi + 12 * 8]
	mov	r13, [rdi + 13 * 8]
	mov	r14, [rdi + 14 * 8]
	mov	r15, [rdi + 15 * 8]
	push	qword [rdi + 7 * 8]
	mov	rdi, [rdi + LEAVE_SLOT]

	; From this store on only what the processor holds already maps us, for two instructions.
	align	64
	mov	qword [rdi], 0
	pop	rdi
	iretq
