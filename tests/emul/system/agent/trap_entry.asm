; SPDX-License-Identifier: MIT
; Exceptions and interrupts, and probes: code that is run to see how it fares.
bits 64
default rel
%include "tests/emul/system/agent/cpu.inc"

extern trap
global trap_stubs, light_gate, light_end_gate, wake_gate, iret_gate, iret_gate_end
global probe_run, probe_run_user, probe_end

APIC_EOI equ 0xfee000b0
X2APIC_EOI equ 0x80b
IA32_APIC_BASE equ 0x1b
APIC_BASE_X2APIC equ 1 << 10
APIC_ICR equ 0xfee00300
APIC_NMI equ 0x4400
ACCESSED equ 40 ; bit of a segment descriptor

SEL_USER_DATA equ 0x18 | 3
SEL_USER_CODE equ 0x20 | 3

section .text

; One stub of 16 bytes for each vector: makes all frames alike.
align 16
trap_stubs:
%assign vector 0
%rep 256
	align 16
	%if vector != 8 && vector != 10 && vector != 11 && vector != 12 && vector != 13 && \
	    vector != 14 && vector != 17 && vector != 21
	push 0
	%endif
	push vector
	jmp near trap_common
	%assign vector vector + 1
%endrep

trap_common:
	push r15
	push r14
	push r13
	push r12
	push r11
	push r10
	push r9
	push r8
	push rdi
	push rsi
	push rbp
	push rsp
	push rbx
	push rdx
	push rcx
	push rax
	mov rdi, rsp
	cld
	call trap
	pop rax
	pop rcx
	pop rdx
	pop rbx
	add rsp, 8
	pop rbp
	pop rsi
	pop rdi
	pop r8
	pop r9
	pop r10
	pop r11
	pop r12
	pop r13
	pop r14
	pop r15
	add rsp, 16
	iretq

; The stack may be in protected memory in the gates below, so nothing is written to it.
%macro note_frame 0
	mov [gs:CPU_SCRATCH], rax
	mov [gs:CPU_SCRATCH + 8], rcx
	%assign i 0
	%rep 6
	mov rax, [rsp + 8 * i]
	mov [gs:CPU_LIGHT_FRAME + 8 * i], rax
	%assign i i + 1
	%endrep
	inc qword [gs:CPU_LIGHT_COUNT]
	mov eax, APIC_EOI ; does nothing where no interrupt is in service
	mov dword [rax], 0
%endmacro

%macro leave_gate 0
	mov rax, [gs:CPU_SCRATCH]
	mov rcx, [gs:CPU_SCRATCH + 8]
	iretq
%endmacro

light_gate:
	note_frame
	leave_gate

light_end_gate:
	note_frame
	jmp probe_end

; IRET has to set the accessed bit of CS's descriptor, and another NMI waits by then.
iret_gate:
	note_frame
	cmp qword [gs:CPU_LIGHT_COUNT], 1
	jne .leave
	mov rax, [gs:CPU_DESCRIPTOR]
	btr qword [rax], ACCESSED
	mov eax, APIC_ICR
	mov dword [rax], APIC_NMI
.leave:
	leave_gate
iret_gate_end:

wake_gate:
	push rax
	push rcx
	push rdx
	mov ecx, IA32_APIC_BASE
	rdmsr
	test eax, APIC_BASE_X2APIC
	jz .xapic
	mov ecx, X2APIC_EOI
	xor eax, eax
	xor edx, edx
	wrmsr
	jmp .done
.xapic:
	mov eax, APIC_EOI
	mov dword [rax], 0
.done:
	pop rdx
	pop rcx
	pop rax
	iretq

; Saves what the C code that calls a probe wants back, and remembers the probe around this one.
%macro enter_probe 0
	push rbx
	push rbp
	push r12
	push r13
	push r14
	push r15
	pushfq
	push qword [gs:CPU_PROBE]
	push qword [gs:CPU_PROBE_RSP]
	mov [gs:CPU_PROBE], rdi
	mov [gs:CPU_PROBE_RSP], rsp
%endmacro

%macro load_registers 0
	mov rax, [rdi]
	mov rcx, [rdi + 8]
	mov rdx, [rdi + 16]
	mov rbx, [rdi + 24]
	mov rbp, [rdi + 40]
	mov rsi, [rdi + 48]
	mov r8, [rdi + 64]
	mov r9, [rdi + 72]
	mov r10, [rdi + 80]
	mov r11, [rdi + 88]
	mov r12, [rdi + 96]
	mov r13, [rdi + 104]
	mov r14, [rdi + 112]
	mov r15, [rdi + 120]
	mov rdi, [rdi + 56]
%endmacro

; void probe_run(struct probe *p)
probe_run:
	enter_probe
	mov rax, [rdi + PROBE_CODE]
	mov [gs:CPU_SCRATCH], rax
	push qword [rdi + PROBE_RFLAGS]
	popfq
	load_registers
	call [gs:CPU_SCRATCH]
	pushfq
	pop qword [gs:CPU_SCRATCH + 8]
	mov [gs:CPU_SCRATCH], rdi
	mov rdi, [gs:CPU_PROBE]
	mov [rdi], rax
	mov [rdi + 8], rcx
	mov [rdi + 16], rdx
	mov [rdi + 24], rbx
	mov [rdi + 32], rsp
	mov [rdi + 40], rbp
	mov [rdi + 48], rsi
	mov rax, [gs:CPU_SCRATCH]
	mov [rdi + 56], rax
	mov [rdi + 64], r8
	mov [rdi + 72], r9
	mov [rdi + 80], r10
	mov [rdi + 88], r11
	mov [rdi + 96], r12
	mov [rdi + 104], r13
	mov [rdi + 112], r14
	mov [rdi + 120], r15
	mov rax, [gs:CPU_SCRATCH + 8]
	mov [rdi + 128], rax

; Comes here from a trap too, on whatever stack.
probe_end:
	mov rsp, [gs:CPU_PROBE_RSP]
	pop qword [gs:CPU_PROBE_RSP]
	pop qword [gs:CPU_PROBE]
	popfq
	pop r15
	pop r14
	pop r13
	pop r12
	pop rbp
	pop rbx
	ret

; void probe_run_user(struct probe *p): leaves by a trap, always.
probe_run_user:
	enter_probe
	push SEL_USER_DATA
	push qword [rdi + 32]
	push 2
	push SEL_USER_CODE
	push qword [rdi + PROBE_CODE]
	load_registers
	iretq
