; SPDX-License-Identifier: MIT
;
; Proves that the emulator is free of the faults that idivfix.c and smpfix.c cure.
;
; A ROM image of 64 KiB that takes the place of the firmware of three processors: each enters long
; mode by the shortest way, the first one from the reset vector, the others when it wakes them. It
; says "NAME: right" or "NAME: wrong, case X" for each test on port 0xE9 and ends the emulator.

base		equ 0xffff0000		; where the ROM lies in memory; F000:0000 is a copy
pml4		equ 0x1000
pdpt		equ 0x2000
waiting		equ 0x3000		; how many processors have gone to wait for a start-up IPI
started		equ 0x3004		; how many have got it
stack_top	equ 0x8000
vmx_regions	equ 0x10000		; two pages for each processor
hole		equ 0x40000000		; nothing is mapped there

debug_port	equ 0xe9
power_port	equ 0x8900		; ends Bochs when "Shutdown" is written to it

apic		equ 0xfee00000
apic_id		equ 0x20
apic_command	equ 0x300
wake_others	equ 0xc4600 | 0xf0	; start-up IPI to all others: begin at F000:0000

cr0_value	equ 0x80000021		; PG, NE, PE
cr4_value	equ 0x2020		; VMXE, PAE

		org base
		bits 16
start:
		o32 lgdt [cs:gdt_pointer - start]

		; One 1 GiB page for the tables and the stack, one for this ROM.
		xor ax, ax
		mov ds, ax
		mov dword [pml4], pdpt | 3
		mov dword [pdpt], 0x83
		mov dword [pdpt + 3 * 8], 0xc0000083

		mov eax, cr4_value
		mov cr4, eax
		mov eax, pml4
		mov cr3, eax
		mov ecx, 0xc0000080		; IA32_EFER
		mov eax, 1 << 8			; LME
		xor edx, edx
		wrmsr
		mov eax, cr0_value
		mov cr0, eax
		jmp dword 8:long_mode

		align 8
gdt:		dq 0, 0x00af9b000000ffff	; null, 64-bit code
gdt_pointer:	dw $ - gdt - 1
		dd gdt

		default rel
		bits 64
long_mode:
		mov ecx, 0x1b			; IA32_APIC_BASE
		rdmsr
		test eax, 1 << 8		; BSP
		jz wait_in_guest

		mov esp, stack_top
		call division
		call fetch
		call start_up

		lea rsi, [shutdown]
		mov dx, power_port
		call print_to
.halt:		hlt
		jmp .halt

; Prints the verdict on the test whose name is at RSI: right if BL is 0, else wrong in case BL.
verdict:
		call print
		lea rsi, [right]
		test bl, bl
		jz print
		lea rsi, [wrong]
		call print
		mov al, bl
		out debug_port, al
		mov al, 10
		out debug_port, al
		ret

print:		mov dx, debug_port
print_to:	lodsb
		test al, al
		jz .done
		out dx, al
		jmp print_to
.done:		ret

right:		db ": right", 10, 0
wrong:		db ": wrong, case ", 0
shutdown:	db "Shutdown", 0

; The quotients and remainders of the table below. The case is the letter of its line.
division:
		lea rsi, [table]
		lea rdi, [table_end]
.next:
		mov rdx, [rsi]
		mov rax, [rsi + 8]
		mov bl, [rsi + 44]
		cmp dword [rsi + 40], 0
		jne .unsigned
		idiv qword [rsi + 16]
		jmp .compare
.unsigned:
		div qword [rsi + 16]
.compare:
		cmp rax, [rsi + 24]
		jne .say
		cmp rdx, [rsi + 32]
		jne .say
		add rsi, row_size
		cmp rsi, rdi
		jb .next
		mov bl, 0
.say:
		lea rsi, [.name]
		jmp verdict
.name:		db "division", 0

; Where a fault says it was when an exception's handler cannot be fetched. Case A: elsewhere, which
; is where a VM exit at that moment would be, too.
fetch:
		lidt [idt_pointer]
		mov rbp, rsp
		ud2
page_fault:
		mov rax, [rsp + 8]
		mov rsp, rbp
		mov bl, 0
		cmp rax, hole
		je .say
		mov bl, 'A'
.say:
		lea rsi, [.name]
		jmp verdict
.name:		db "fetch", 0

%macro gate 1
		dw %1 & 0xffff, 8, 0x8e00, %1 >> 16
		dq 0
%endmacro
		align 8
idt:		times 6 * 2 dq 0
		gate hole			; #UD
		times 7 * 2 dq 0
		gate base + page_fault - start	; #PF
idt_pointer:	dw $ - idt - 1
		dq idt

; How many guests that wait for a start-up IPI get one that is sent to all. The case is the number.
start_up:
		mov edi, apic + apic_command
		mov dword [rdi], wake_others
		mov eax, waiting
		call both
		mov dword [rdi], wake_others
		mov eax, started
		call both
		mov bl, [abs started]
		sub bl, 2
		jz .say
		add bl, '2'
.say:
		lea rsi, [.name]
		jmp verdict
.name:		db "start-up", 0

; Gives both other processors the time to count themselves at RAX, and then some more.
both:
		mov ecx, 1000
.wait:		pause
		cmp dword [rax], 2
		loopne .wait
		mov ecx, 100
.more:		pause
		loop .more
		ret

; The other processors: each waits for a start-up IPI in a guest and is counted when it comes.
wait_in_guest:
		mov ebx, apic
		mov ebx, [rbx + apic_id]
		shr ebx, 24 - 14
		add ebx, vmx_regions
		lea esp, [rbx + 0x4000]
		mov ecx, 0x3a			; IA32_FEATURE_CONTROL
		mov eax, 5			; VMX, locked
		xor edx, edx
		wrmsr
		mov ecx, 0x480			; IA32_VMX_BASIC: the revision of the regions
		rdmsr
		mov [rbx], eax
		mov [rbx + 0x1000], eax
		push rbx
		vmxon [rsp]
		add qword [rsp], 0x1000
		vmclear [rsp]
		vmptrld [rsp]

		lea rsi, [vmcs]
		lea rdi, [vmcs_end]
.next:
		lodsd
		mov edx, eax
		lodsq
		vmwrite rdx, rax
		cmp rsi, rdi
		jb .next
		lock inc dword [abs waiting]
		vmlaunch
.halt:		hlt
		jmp .halt
got_it:
		lock inc dword [abs started]
		jmp wait_in_guest.halt

; The fields of the VMCS that are not 0. The controls: what has to be 1, and 64-bit on both sides.
%macro field 2
		dd %1
		dq %2
%endmacro
unusable	equ 1 << 16
vmcs:
		field 0x4000, 0x16		; pin-based controls
		field 0x4002, 0x0401e172	; processor-based controls
		field 0x400c, 0x00036fff	; exit controls
		field 0x4012, 0x13ff		; entry controls
		field 0x2800, -1		; link pointer
		field 0x4826, 3			; activity state: wait for SIPI
		field 0x6800, cr0_value
		field 0x6802, pml4		; CR3
		field 0x6804, cr4_value
		field 0x6820, 2			; RFLAGS
		field 0x0802, 8			; CS
		field 0x4802, 0xffffffff
		field 0x4816, 0xa09b
		field 0x080e, 0x10		; TR
		field 0x480e, 0x67
		field 0x4822, 0x8b
		field 0x4814, unusable		; ES
		field 0x4818, unusable		; SS
		field 0x481a, unusable		; DS
		field 0x481c, unusable		; FS
		field 0x481e, unusable		; GS
		field 0x4820, unusable		; LDTR
		field 0x0c02, 8			; the host's CS
		field 0x0c0c, 0x10		; TR
		field 0x6c00, cr0_value
		field 0x6c02, pml4
		field 0x6c04, cr4_value
		field 0x6c16, got_it		; RIP
vmcs_end:

; DIVIDEND high, low; divisor; quotient; remainder
%macro row 6
		dq %2, %3, %4, %5, %6
		dd %1
		db letter, 0, 0, 0
%assign letter letter + 1
%endmacro
row_size	equ 48
signed		equ 0
unsigned	equ 1
%assign letter 'A'
max		equ 0x7fffffffffffffff
min		equ 0x8000000000000000
third		equ 0x5555555555555555		; 2^64 / 3

		align 8
table:
		row signed,    0,  24,  24,  1,  0
		row signed,    0,   7,   2,  3,  1
		row signed,    0,   7,  -2, -3,  1
		row signed,   -1,  -7,   2, -3, -1
		row signed,   -1,  -7,  -2,  3, -1
		row signed,    0,   3,   7,  0,  3
		row signed,   -1,  -3,   7,  0, -3
		row signed,    0, max,   1, max, 0
		row signed,   -1, min,   1, min, 0
		row signed,    0, max, max,  1,  0
		row signed,   -1, min, max, -1, -1
		row signed,    0, max, min,  0, max
		row signed,    1,   0,   3, third, 1
		row signed,    1,   0,  -3, -third, 1
		row signed,   -1,   0,   3, -third, -1
		row signed,   -1,   0,  -3, third, -1
		row unsigned,  0,  24,  24,  1,  0
		row unsigned,  0,  -1,   2, max, 1
		row unsigned,  1,   0,   3, third, 1
		row unsigned, -2,  -1,  -1, -1, -2
table_end:

		times 0xfff0 - ($ - $$) db 0xff
		bits 16
reset:		jmp start
		times 0x10000 - ($ - $$) db 0xff
