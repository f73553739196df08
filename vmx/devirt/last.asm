; SPDX-License-Identifier: MIT
; The last instructions of devirtualizing a CPU, at an address that Tessera's page tables and the
; guest's both map. vmx/devirt/handoff.c defines struct native_state.
bits 64
default rel

STATE_CR3       equ 128
STATE_SLOT      equ 136
STATE_GDTR      equ 144
STATE_IDTR      equ 154
STATE_COPY_GDTR equ 164
STATE_SELECTOR  equ 174
STATE_FS_BASE   equ 192
STATE_GS_BASE   equ 200
STATE_FRAME     equ 208
STATE_NMI_STACK equ 248

PAGE_SIZE equ 4096

FS_BASE equ 0xc0000100
GS_BASE equ 0xc0000101

global enter_native

section .entry

; void enter_native(struct native_state *s [rdi]). VMX is off; CR0, CR4 and the MSRs have the
; guest's values.
enter_native:
	lgdt	[rdi + STATE_COPY_GDTR]
	movzx	eax, word [rdi + STATE_SELECTOR + 14]
	test	eax, eax
	jz	.no_tss
	ltr	ax
.no_tss:
	lldt	[rdi + STATE_SELECTOR + 12]
	mov	es, [rdi + STATE_SELECTOR + 0]
	mov	ds, [rdi + STATE_SELECTOR + 6]
	mov	fs, [rdi + STATE_SELECTOR + 8]
	mov	gs, [rdi + STATE_SELECTOR + 10]
	mov	ecx, FS_BASE
	mov	eax, [rdi + STATE_FS_BASE]
	mov	edx, [rdi + STATE_FS_BASE + 4]
	wrmsr
	mov	ecx, GS_BASE
	mov	eax, [rdi + STATE_GS_BASE]
	mov	edx, [rdi + STATE_GS_BASE + 4]
	wrmsr

	; The state's frame is the stack from here on: two registers are pushed below it.
	lea	rsp, [rdi + STATE_FRAME]
	mov	rbx, rdi
	mov	rdi, [rbx + STATE_NMI_STACK]
	mov	ecx, PAGE_SIZE / 8
	xor	eax, eax
	rep	stosq
	mov	rdi, rbx
	mov	rax, [rdi + STATE_CR3]
	mov	cr3, rax
	lgdt	[rdi + STATE_GDTR]
	lidt	[rdi + STATE_IDTR]
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
	mov	rdi, [rdi + STATE_SLOT]

	; After this store only cached translations map the next two instructions. All three are in
	; one cache line.
	align	64
	mov	qword [rdi], 0
	pop	rdi
	iretq
