; SPDX-License-Identifier: MIT
; Entry from the loader and, if the launch fails, the return to it. Runs first at its physical
; address under the firmware's page tables, then at its linked address under ours: the page that
; holds the .entry sections is mapped at both.
bits 64
default rel

%include "hv/x86/native.inc"

BOOT_INFO_BLOCK_PA equ 0
BOOT_INFO_HOST_CR3 equ 24
HV_BASE            equ 0xffffffff80000000
BOOT_STATE         equ -9
CR4_LA57           equ 1 << 12
EFER               equ 0xc0000080
EFER_NXE           equ 1 << 11

extern cpu_enter
global entry_from_loader, vmx_launch
global native

section .entry

; s64 entry_from_loader(struct boot_info *info [rdi], u64 cpu [rsi]), SysV convention, interrupts
; off.
entry_from_loader:
	lea	rax, [native]
	mov	rcx, [rsp]
	mov	[rax + NATIVE_RIP], rcx
	lea	rcx, [rsp + 8]
	mov	[rax + NATIVE_RSP], rcx
	mov	[rax + NATIVE_RBX], rbx
	mov	[rax + NATIVE_RBP], rbp
	mov	[rax + NATIVE_R12], r12
	mov	[rax + NATIVE_R13], r13
	mov	[rax + NATIVE_R14], r14
	mov	[rax + NATIVE_R15], r15
	pushfq
	pop	qword [rax + NATIVE_RFLAGS]
	mov	rcx, cr3
	mov	[rax + NATIVE_CR3], rcx
	sgdt	[rax + NATIVE_GDTR]
	sidt	[rax + NATIVE_IDTR]

	; Our tables have 4 levels, so they cannot be used while 5-level paging is on.
	mov	rcx, cr4
	test	ecx, CR4_LA57
	mov	rdx, BOOT_STATE
	cmovnz	rax, rdx
	jnz	.refuse

	; The descriptors behind the selectors lie in memory that our tables do not map: read them
	; now.
%assign i 0
%rep 8
	xor	ecx, ecx
	xor	edx, edx
	%if i == 0
	mov	r8d, es
	%elif i == 1
	mov	r8d, cs
	%elif i == 2
	mov	r8d, ss
	%elif i == 3
	mov	r8d, ds
	%elif i == 4
	mov	r8d, fs
	%elif i == 5
	mov	r8d, gs
	%elif i == 6
	sldt	r8d
	%else
	str	r8d
	%endif
	lar	ecx, r8d
	lsl	edx, r8d
	mov	[rax + NATIVE_SEGMENTS + i * 12], r8d
	mov	[rax + NATIVE_SEGMENTS + i * 12 + 4], ecx
	mov	[rax + NATIVE_SEGMENTS + i * 12 + 8], edx
%assign i i + 1
%endrep
	and	r8d, 0xfff8 ; TR: its base is in the descriptor only
	mov	r9, [rax + NATIVE_GDTR + 2]
	mov	rcx, [r9 + r8]
	mov	rdx, [r9 + r8 + 8]
	mov	[rax + NATIVE_TR_DESCRIPTOR], rcx
	mov	[rax + NATIVE_TR_DESCRIPTOR + 8], rdx

	; Our tables use the no-execute bit, which must be enabled before they are loaded.
	mov	ecx, EFER
	mov	r8, rax
	rdmsr
	mov	[r8 + NATIVE_EFER], eax
	mov	[r8 + NATIVE_EFER + 4], edx
	or	eax, EFER_NXE
	wrmsr

	lea	rax, [.back]
	mov	[r8 + NATIVE_BACK], rax
	mov	rax, [rdi + BOOT_INFO_HOST_CR3]
	mov	rcx, HV_BASE
	sub	rcx, [rdi + BOOT_INFO_BLOCK_PA]
	add	rdi, rcx
	mov	rdx, .high
	mov	cr3, rax
	jmp	rdx

.high:
	lea	rsp, [launch_stack_top]
	lea	rdx, [native]
	call	cpu_enter

	; It returns only when this CPU stays native, with the error in rax.
	lea	rdx, [native]
	mov	rcx, [rdx + NATIVE_CR3]
	jmp	[rdx + NATIVE_BACK]

.back:
	mov	cr3, rcx
	mov	r9, rax
	lea	r8, [native]
	mov	ecx, EFER
	mov	eax, [r8 + NATIVE_EFER]
	mov	edx, [r8 + NATIVE_EFER + 4]
	wrmsr
	mov	rax, r9
	lgdt	[r8 + NATIVE_GDTR]
	lidt	[r8 + NATIVE_IDTR]
	mov	rsp, [r8 + NATIVE_RSP]
	sub	rsp, 8 ; the return address is still there
	mov	es, [r8 + NATIVE_SEGMENTS + 0 * 12]
	mov	ss, [r8 + NATIVE_SEGMENTS + 2 * 12]
	mov	ds, [r8 + NATIVE_SEGMENTS + 3 * 12]
	mov	ecx, [r8 + NATIVE_SEGMENTS + 1 * 12]
	push	rcx
	lea	rcx, [.code]
	push	rcx
	retfq
.code:
	mov	rbx, [r8 + NATIVE_RBX]
	mov	rbp, [r8 + NATIVE_RBP]
	mov	r12, [r8 + NATIVE_R12]
	mov	r13, [r8 + NATIVE_R13]
	mov	r14, [r8 + NATIVE_R14]
	mov	r15, [r8 + NATIVE_R15]
.refuse:
	ret

section .text

; bool vmx_launch(void): enters the guest for the first time, where the loader's call returns 0.
; Returns only when VMLAUNCH fails.
vmx_launch:
	push	rbx
	push	rbp
	push	r12
	push	r13
	push	r14
	push	r15
	lea	rax, [native]
	mov	rbx, [rax + NATIVE_RBX]
	mov	rbp, [rax + NATIVE_RBP]
	mov	r12, [rax + NATIVE_R12]
	mov	r13, [rax + NATIVE_R13]
	mov	r14, [rax + NATIVE_R14]
	mov	r15, [rax + NATIVE_R15]
	xor	eax, eax
	vmlaunch
	pop	r15
	pop	r14
	pop	r13
	pop	r12
	pop	rbp
	pop	rbx
	xor	eax, eax
	ret

section .bss
alignb 16
native:
	resb	NATIVE_SIZE
alignb 16
	resb	0x2000 ; one CPU at a time uses it, before it has its own stack
launch_stack_top:
