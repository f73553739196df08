; SPDX-License-Identifier: MIT
; Where a processor begins after INIT and SIPI: a page below 1 MiB that this is copied to. On its
; way to long mode it tries a store to a denied and one to an open byte in each mode, and counts the
; faults. Its parameters lie at the end of the page: struct startup of startup.c.
bits 16


global startup_begin, startup_end

PARAMETERS equ 0xf00
P_DENIED   equ PARAMETERS + 0  ; physical addresses of the two bytes, below 1 MiB
P_OPEN     equ PARAMETERS + 4
P_PAGE     equ PARAMETERS + 8  ; of this page
P_PAE      equ PARAMETERS + 12 ; page-table roots
P_LEGACY   equ PARAMETERS + 16
P_LONG     equ PARAMETERS + 20
P_ENTRY    equ PARAMETERS + 24 ; 64-bit: where to go, with what in RDI, on which stack
P_ARGUMENT equ PARAMETERS + 32
P_STACK    equ PARAMETERS + 40
P_REAL     equ PARAMETERS + 48 ; faults counted: real mode, without paging, PAE, 2 levels
P_FLAT     equ PARAMETERS + 52
P_WITH_PAE equ PARAMETERS + 56
P_LEVELS   equ PARAMETERS + 60
P_ANSWER   equ PARAMETERS + 64 ; of a hypercall that needs long mode

IVT        equ 0xa00 ; 14 real-mode vectors
SMALL_TOP  equ 0xe00 ; stack

CR0_PE equ 1
CR0_PG equ 1 << 31
CR4_PSE equ 1 << 4
CR4_PAE equ 1 << 5
EFER equ 0xc0000080
EFER_LME equ 1 << 8

CALL_PROTECT_GVA equ 19

%define HERE(label) ((label) - startup_begin)

section .rodata align=16
startup_begin:
	cli
	mov ax, cs
	mov ds, ax
	mov ss, ax
	mov sp, SMALL_TOP

	; Real mode.
	mov ebx, [P_PAGE]
	mov word [IVT + 13 * 4], HERE(fault_real)
	mov [IVT + 13 * 4 + 2], cs
	lea eax, [ebx + IVT]
	mov [HERE(idtr_real) + 2], eax
	o32 lidt [HERE(idtr_real)]
	mov eax, [P_DENIED]
	mov di, ax
	and di, 0xf
	shr eax, 4
	mov es, ax
	mov al, 0x11
	mov [es:di], al
	mov eax, [P_OPEN]
	mov di, ax
	and di, 0xf
	shr eax, 4
	mov es, ax
	mov al, 0x12
	mov [es:di], al

	; Flat 32-bit mode.
	lea eax, [ebx + HERE(gdt)]
	mov [HERE(gdtr) + 2], eax
	o32 lgdt [HERE(gdtr)]
	lea eax, [ebx + HERE(fault_flat)]
	mov [HERE(gate_flat)], ax
	shr eax, 16
	mov [HERE(gate_flat) + 6], ax
	lea eax, [ebx + HERE(gate_flat) - 13 * 8]
	mov [HERE(idtr_flat) + 2], eax
	o32 lidt [HERE(idtr_flat)]
	lea eax, [ebx + HERE(flat)]
	mov [HERE(far_flat)], eax
	lea eax, [ebx + HERE(long_mode)]
	mov [HERE(far_long)], eax
	mov eax, cr0
	or eax, CR0_PE
	mov cr0, eax
	o32 jmp far [HERE(far_flat)]

fault_real:
	push bp
	mov bp, sp
	add word [bp + 2], 3 ; mov [es:di], al
	inc dword [cs:P_REAL]
	pop bp
	iret

bits 32
%macro try_stores 1
	mov edi, [ebx + P_DENIED]
	mov al, %1
	mov [edi], al
	mov edi, [ebx + P_OPEN]
	mov [edi], al
%endmacro

flat:
	mov eax, 0x10
	mov ds, eax
	mov es, eax
	mov ss, eax
	lea esp, [ebx + SMALL_TOP]
	lea ebp, [ebx + P_FLAT] ; where faults are counted
	try_stores 0x13

	lea ebp, [ebx + P_WITH_PAE]
	mov eax, CR4_PAE
	mov cr4, eax
	mov eax, [ebx + P_PAE]
	call with_paging

	lea ebp, [ebx + P_LEVELS]
	mov eax, CR4_PSE
	mov cr4, eax
	mov eax, [ebx + P_LEGACY]
	call with_paging

	mov eax, CR4_PAE
	mov cr4, eax
	mov eax, [ebx + P_LONG]
	mov cr3, eax
	mov ecx, EFER
	rdmsr
	or eax, EFER_LME
	wrmsr
	mov eax, cr0
	or eax, CR0_PG
	mov cr0, eax
	jmp far [ebx + HERE(far_long)]

; EAX = CR3
with_paging:
	mov cr3, eax
	mov eax, cr0
	or eax, CR0_PG
	mov cr0, eax
	try_stores 0x14
	mov eax, CALL_PROTECT_GVA
	xor edi, edi
	mov esi, [ebx + P_OPEN]
	mov edx, 1
	vmcall
	mov [ebx + P_ANSWER], eax
	mov eax, cr0
	and eax, ~CR0_PG
	mov cr0, eax
	ret

fault_flat:
	add esp, 4          ; the error code
	add dword [esp], 2  ; mov [edi], al
	inc dword [ss:ebp]
	iretd

bits 64
long_mode:
	mov ebx, ebx
	mov rsp, [rbx + P_STACK]
	mov rdi, [rbx + P_ARGUMENT]
	call [rbx + P_ENTRY]

align 8
gdt:
	dq 0
	dq 0x00cf9b000000ffff
	dq 0x00cf93000000ffff
	dq 0x00af9b000000ffff
gdtr:
	dw gdtr - gdt - 1
	dd 0
idtr_real:
	dw 14 * 4 - 1
	dd 0
idtr_flat:
	dw 14 * 8 - 1
	dd 0
align 8
gate_flat: ; vector 13 of a table whose other entries nobody needs
	dw 0, 0x08, 0x8e00, 0
far_flat:
	dd 0
	dw 0x08
far_long:
	dd 0
	dw 0x18
startup_end:
