; SPDX-License-Identifier: MIT
;
; Proves that the emulator divides 64-bit numbers rightly.
;
; A ROM image of 64 KiB that takes the place of the firmware: it starts at the reset vector, enters
; long mode by the shortest way and divides. It says "division: right" or "division: wrong, case X"
; on port 0xE9, where X is the letter of the failing line of the table below, and ends the emulator.

base		equ 0xffff0000		; where the ROM lies in memory
pml4		equ 0x1000
pdpt		equ 0x2000
stack_top	equ 0x8000

debug_port	equ 0xe9
power_port	equ 0x8900		; ends Bochs when "Shutdown" is written to it

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

		mov eax, 1 << 5			; CR4.PAE
		mov cr4, eax
		mov eax, pml4
		mov cr3, eax
		mov ecx, 0xc0000080		; IA32_EFER
		mov eax, 1 << 8			; LME
		xor edx, edx
		wrmsr
		mov eax, 0x80000001		; CR0.PG and CR0.PE
		mov cr0, eax
		jmp dword 8:long_mode

		align 8
gdt:		dq 0, 0x00af9b000000ffff	; null, 64-bit code
gdt_pointer:	dw $ - gdt - 1
		dd gdt

		default rel
		bits 64
long_mode:
		mov esp, stack_top
		lea rsi, [table]
		lea rdi, [table_end]
.next:
		mov rdx, [rsi]
		mov rax, [rsi + 8]
		cmp dword [rsi + 40], 0
		jne .unsigned
		idiv qword [rsi + 16]
		jmp .compare
.unsigned:
		div qword [rsi + 16]
.compare:
		cmp rax, [rsi + 24]
		jne .wrong
		cmp rdx, [rsi + 32]
		jne .wrong
		add rsi, row_size
		cmp rsi, rdi
		jb .next
		lea rsi, [right]
		call print
		jmp power_off
.wrong:
		mov bl, [rsi + 44]
		lea rsi, [wrong]
		call print
		mov al, bl
		out debug_port, al
		mov al, 10
		out debug_port, al

power_off:
		lea rsi, [shutdown]
		mov dx, power_port
		call print_to
.halt:		hlt
		jmp .halt

print:		mov dx, debug_port
print_to:	lodsb
		test al, al
		jz .done
		out dx, al
		jmp print_to
.done:		ret

right:		db "division: right", 10, 0
wrong:		db "division: wrong, case ", 0
shutdown:	db "Shutdown", 0

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
