; SPDX-License-Identifier: MIT
; One entry for every kind of store: struct store of stores.h. A probe first runs the part before
; OP, which only reads, and then the one instruction behind it. RDI points to the target, RSI to 64
; bytes of source; R15 is free, and R14 for those that move RSP.
bits 64
default rel

global stores, stores_end

; enum feature of stores.h
%assign ALWAYS 0
%assign AVX 1
%assign AVX512 2
%assign XSAVEOPT 3
%assign XSAVEC 4
%assign MOVDIRI 5
%assign MOVDIR64B 6
%assign XSAVES 7
; flags of stores.h
%assign AT_TARGET 1
%assign AT_SOURCE 2
%assign IN_PARTS 4
%assign WIDE 8

section .data align=16
stores:

; name, first byte written (from the target), bytes written, alignment, feature[, flags]
%macro STORE 5-6 0
%xdefine current %1
section .rodata
%%name: db %str(%1), 0
section .data
	dq %%name, %{1}_prepare, %{1}_store
	dd %2, %3, %4, %5, %6, 0
section .text
%{1}_prepare:
%endmacro

%macro OP 1+
	ret
%[current]_store:
	%1
	ret
%endmacro

; The same with the stack at the target (rdi) or at the source (rsi).
%macro OP_STACK 2+
	ret
%[current]_store:
	mov r15, rsp
	mov rsp, %1
	%2
	mov r14, rsp
	mov rsp, r15
	ret
%endmacro

; Plain stores of every width.
STORE mov8, 0, 1, 1, ALWAYS
OP mov [rdi], al
STORE mov16, 0, 2, 2, ALWAYS
OP mov [rdi], ax
STORE mov32, 0, 4, 4, ALWAYS
OP mov [rdi], eax
STORE mov64, 0, 8, 8, ALWAYS
OP mov [rdi], rax
STORE mov_imm, 0, 8, 8, ALWAYS
OP mov qword [rdi], 0x12345678
STORE mov_segment, 0, 2, 2, ALWAYS
OP mov [rdi], ds
STORE movnti, 0, 8, 8, ALWAYS
OP movnti [rdi], rax
STORE movbe, 0, 8, 8, ALWAYS
OP movbe [rdi], rax
STORE movdiri, 0, 8, 8, MOVDIRI
OP movdiri [rdi], rax
STORE movdir64b, 0, 64, 64, MOVDIR64B
OP movdir64b rdi, [rsi]
STORE setcc, 0, 1, 1, ALWAYS
OP setns [rdi]

; Read, change and write.
STORE add64, 0, 8, 8, ALWAYS
OP add [rdi], rax
STORE lock_add32, 0, 4, 4, ALWAYS
OP lock add [rdi], eax
STORE lock_inc8, 0, 1, 1, ALWAYS
OP lock inc byte [rdi]
STORE neg16, 0, 2, 2, ALWAYS
OP neg word [rdi]
STORE adc64, 0, 8, 8, ALWAYS
OP adc [rdi], rax
STORE or_nothing, 0, 4, 4, ALWAYS
OP or dword [rdi], 0
STORE rol32, 0, 4, 4, ALWAYS
OP rol dword [rdi], 5
STORE shld64, 0, 8, 8, ALWAYS
OP shld [rdi], rax, 12
STORE xchg8, 0, 1, 1, ALWAYS
OP xchg [rdi], al
STORE xchg64, 0, 8, 8, ALWAYS
OP xchg [rdi], rax
STORE xadd64, 0, 8, 8, ALWAYS
OP lock xadd [rdi], rax
STORE bts32, 0, 4, 4, ALWAYS
OP bts dword [rdi], 9
STORE btr_register, 8, 8, 8, ALWAYS
	mov eax, 64 + 3
OP lock btr [rdi], rax
STORE cmpxchg_hit, 0, 8, 8, ALWAYS
	mov rax, [rdi]
OP cmpxchg [rdi], rdx
STORE cmpxchg_lock_hit, 0, 4, 4, ALWAYS
	mov eax, [rdi]
OP lock cmpxchg [rdi], edx
STORE cmpxchg_miss, 0, 8, 8, ALWAYS
	mov rax, [rdi]
	not rax
OP cmpxchg [rdi], rdx
STORE cmpxchg_lock_miss, 0, 8, 8, ALWAYS
	mov rax, [rdi]
	not rax
OP lock cmpxchg [rdi], rdx
STORE cmpxchg8b_hit, 0, 8, 8, ALWAYS
	mov eax, [rdi]
	mov edx, [rdi + 4]
OP lock cmpxchg8b [rdi]
STORE cmpxchg16b_hit, 0, 16, 16, ALWAYS
	mov rax, [rdi]
	mov rdx, [rdi + 8]
OP lock cmpxchg16b [rdi]
STORE cmpxchg16b_miss, 0, 16, 16, ALWAYS
	mov rax, [rdi]
	mov rdx, [rdi + 8]
	not rdx
OP lock cmpxchg16b [rdi]

; The stack.
STORE push64, -8, 8, 8, ALWAYS, AT_TARGET
OP_STACK rdi, push rax
STORE push16, -2, 2, 8, ALWAYS, AT_TARGET
OP_STACK rdi, push ax
STORE push_memory, -8, 8, 8, ALWAYS, AT_TARGET
OP_STACK rdi, push qword [rsi]
STORE push_flags, -8, 8, 8, ALWAYS, AT_TARGET
OP_STACK rdi, pushfq
STORE enter_flat, -8, 8, 8, ALWAYS, AT_TARGET
OP_STACK rdi, enter 32, 0
STORE call_near, -8, 8, 8, ALWAYS, AT_TARGET
	ret
call_near_store:
	mov r15, rsp
	mov rsp, rdi
	call .there
.there:
	mov r14, rsp
	mov rsp, r15
	ret
STORE pop_memory, 0, 8, 8, ALWAYS, AT_SOURCE
OP_STACK rsi, pop qword [rdi]

; String instructions, one element.
STORE movsb_one, 0, 1, 1, ALWAYS
OP movsb
STORE movsq_one, 0, 8, 8, ALWAYS
OP movsq
STORE stosw_one, 0, 2, 2, ALWAYS
OP stosw
STORE stosd_one, 0, 4, 4, ALWAYS
OP stosd
STORE insb_one, 0, 1, 1, ALWAYS
	mov edx, 0x21 ; the interrupt controller's mask, all ones
OP insb

; Floating point and system tables.
STORE fst64, 0, 8, 8, ALWAYS
	fninit
	fldpi
OP fst qword [rdi]
STORE fstp80, 0, 10, 16, ALWAYS, IN_PARTS
	fninit
	fldpi
OP fstp tword [rdi]
STORE fistp32, 0, 4, 4, ALWAYS
	fninit
	fldpi
OP fistp dword [rdi]
STORE fnstcw, 0, 2, 2, ALWAYS
	fninit
OP fnstcw [rdi]
STORE fnstenv, 0, 28, 4, ALWAYS, IN_PARTS
	fninit
OP fnstenv [rdi]
STORE fnsave, 0, 108, 4, ALWAYS, IN_PARTS
	fninit
	fldpi
OP fnsave [rdi]
STORE fxsave, 0, 416, 16, ALWAYS, IN_PARTS
	fninit
OP fxsave [rdi]
STORE stmxcsr, 0, 4, 4, ALWAYS
OP stmxcsr [rdi]
STORE sgdt, 0, 10, 8, ALWAYS, IN_PARTS
OP sgdt [rdi]
STORE sidt, 0, 10, 8, ALWAYS, IN_PARTS
OP sidt [rdi]
STORE str, 0, 2, 2, ALWAYS
OP str [rdi]
STORE smsw, 0, 2, 2, ALWAYS
OP smsw [rdi]

; Vectors.
%macro LOAD_XMM 0
	movups xmm0, [rsi]
	movups xmm1, [rsi + 16]
%endmacro

STORE movd, 0, 4, 4, ALWAYS
	LOAD_XMM
OP movd [rdi], xmm0
STORE movq, 0, 8, 8, ALWAYS
	LOAD_XMM
OP movq [rdi], xmm0
STORE movhps, 0, 8, 8, ALWAYS
	LOAD_XMM
OP movhps [rdi], xmm0
STORE movups, 0, 16, 16, ALWAYS
	LOAD_XMM
OP movups [rdi], xmm0
STORE movaps, 0, 16, 16, ALWAYS
	LOAD_XMM
OP movaps [rdi], xmm0
STORE movntdq, 0, 16, 16, ALWAYS
	LOAD_XMM
OP movntdq [rdi], xmm0
STORE pextrb, 0, 1, 1, ALWAYS
	LOAD_XMM
OP pextrb [rdi], xmm0, 5
STORE maskmovdqu, 0, 16, 16, ALWAYS, IN_PARTS
	LOAD_XMM
	pcmpeqb xmm1, xmm1
OP maskmovdqu xmm0, xmm1
STORE vmovups_ymm, 0, 32, 32, AVX
	vmovups ymm0, [rsi]
OP vmovups [rdi], ymm0
STORE vmovntps_ymm, 0, 32, 32, AVX
	vmovups ymm0, [rsi]
OP vmovntps [rdi], ymm0
STORE vmaskmovps, 4, 4, 16, AVX
	vmovups ymm0, [rsi]
	mov eax, 0x80000000
	movd xmm1, eax
	pslldq xmm1, 4
OP vmaskmovps [rdi], xmm1, xmm0
STORE vextractf128, 0, 16, 16, AVX
	vmovups ymm0, [rsi]
OP vextractf128 [rdi], ymm0, 1
STORE vmovups_zmm, 0, 64, 64, AVX512
	vmovups zmm0, [rsi]
OP vmovups [rdi], zmm0
STORE vmovups_zmm_masked, 8, 8, 64, AVX512
	vmovups zmm0, [rsi]
	mov eax, 0xc
	kmovw k1, eax
OP vmovups [rdi]{k1}, zmm0
STORE vcompressps, 0, 16, 16, AVX512, IN_PARTS
	vmovups zmm0, [rsi]
	mov eax, 0x8421
	kmovw k1, eax
OP vcompressps [rdi]{k1}, zmm0

; The processor's extended state.
%macro ALL_STATE 0
	fninit
	mov eax, -1
	mov edx, eax
%endmacro

STORE xsave, 0, 416, 64, AVX, IN_PARTS | WIDE
	ALL_STATE
OP xsave [rdi]
STORE xsave64, 0, 416, 64, AVX, IN_PARTS | WIDE
	ALL_STATE
OP xsave64 [rdi]
STORE xsaveopt, 512, 8, 64, XSAVEOPT, IN_PARTS | WIDE
	ALL_STATE
OP xsaveopt [rdi]
STORE xsavec, 512, 16, 64, XSAVEC, IN_PARTS | WIDE
	ALL_STATE
OP xsavec [rdi]
STORE xsaves, 512, 16, 64, XSAVES, IN_PARTS | WIDE
	ALL_STATE
OP xsaves [rdi]

section .data
stores_end:
