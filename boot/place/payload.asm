; SPDX-License-Identifier: MIT
; The hypervisor's image, inside this program: one file to copy, and one signature over both. The
; name of its section is also how the loader knows copies of itself (boot/efi/pe.c).
global payload
global payload_end

section .tessera progbits alloc noexec nowrite align=4096
payload:
	incbin PAYLOAD
payload_end:

; The generation that shim checks before it starts us. shim's SBAT.md, "Version-based revocation".
section .sbat progbits alloc noexec nowrite align=4096
	incbin "boot/place/sbat.csv"

section .note.GNU-stack noalloc noexec nowrite progbits
