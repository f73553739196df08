; SPDX-License-Identifier: MIT
; The shortest way from SIPI to long mode, for any number of CPUs at once: no stack until each CPU
; has drawn a number and with it a struct cpu of its own. A page below 1 MiB that this is copied to;
; its parameters lie at the end: struct quickstart of starts.c.
bits 16

global quickstart_begin, quickstart_end, quickstart_nmi

P_PAGE     equ 0xf00 ; physical address of this page
P_ROOT     equ 0xf04 ; CR3
P_NEXT     equ 0xf08 ; the number that the next CPU draws
P_STRIDE   equ 0xf0c ; bytes between two structs cpu
P_ENTRY    equ 0xf10 ; 64-bit: where to go, with the struct cpu in RDI
P_ARGUMENT equ 0xf18 ; struct cpu of number 0 ...
P_STACK    equ 0xf20 ; ... and its stack
P_NMIS     equ 0xf28 ; NMIs that came in real mode

CR0_PE   equ 1
CR0_PG   equ 1 << 31
CR4_PAE  equ 1 << 5
EFER     equ 0xc0000080
EFER_LME equ 1 << 8

%define HERE(label) ((label) - quickstart_begin)

section .rodata align=16
quickstart_begin:
	cli
	mov ax, cs
	mov ds, ax
	mov ebx, [P_PAGE]
	lea eax, [ebx + HERE(gdt)]
	mov [HERE(gdtr) + 2], eax
	o32 lgdt [HERE(gdtr)]
	lea eax, [ebx + HERE(long_mode)]
	mov [HERE(far_long)], eax
	mov eax, CR4_PAE
	mov cr4, eax
	mov eax, [P_ROOT]
	mov cr3, eax
	mov ecx, EFER
	rdmsr
	or eax, EFER_LME
	wrmsr
	mov eax, cr0
	or eax, CR0_PG | CR0_PE
	mov cr0, eax
	o32 jmp far [HERE(far_long)]

quickstart_nmi:
	inc dword [cs:P_NMIS]
	iret

bits 64
long_mode:
	mov eax, 0x10
	mov ds, eax
	mov es, eax
	mov ss, eax
	mov ebx, ebx
	mov eax, 1
	lock xadd [rbx + P_NEXT], eax
	imul eax, [rbx + P_STRIDE]
	mov rdi, [rbx + P_ARGUMENT]
	add rdi, rax
	mov rsp, [rbx + P_STACK]
	add rsp, rax
	call [rbx + P_ENTRY]

align 8
gdt:
	dq 0
	dq 0x00af9b000000ffff
	dq 0x00cf93000000ffff
gdtr:
	dw gdtr - gdt - 1
	dd 0
far_long:
	dd 0
	dw 0x08
quickstart_end:
