; SPDX-License-Identifier: MIT
; The stores of random.c. RDI = target, RAX = what goes there, RSI = 32 bytes of source,
; RCX = length.
bits 64
default rel

global random_xchg, random_cmpxchg, random_movups, random_vmovups, random_movsb

section .text
random_xchg:
	xchg [rdi], rax
	ret

; RAX = what is there, RDX = what goes there.
random_cmpxchg:
	lock cmpxchg [rdi], rdx
	ret

random_movups:
	movups xmm3, [rsi]
	movups [rdi], xmm3
	ret

random_vmovups:
	vmovups ymm3, [rsi]
	vmovups [rdi], ymm3
	ret

random_movsb:
	rep movsb
	ret
