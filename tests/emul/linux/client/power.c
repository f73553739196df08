// SPDX-License-Identifier: MIT
// Another kernel in place of this one.
#include <linux/kexec.h>
#include <linux/reboot.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "client.h"

#define NEXT_AT   (32UL << 20) // physical; the running kernel is elsewhere
#define NEXT_SIZE 4096UL

// The next kernel, of a few bytes: it says on COM1 that it runs, and stops. It is moved as it is.
__asm__(".pushsection .rodata\n"
	"next_kernel:\n"
	"	lea	3f(%rip), %rsi\n"
	"1:	lodsb\n"
	"	mov	%al, %bl\n"
	"	test	%al, %al\n"
	"	jz	4f\n"
	"	mov	$0x3fd, %edx\n"
	"2:	inb	%dx, %al\n"
	"	test	$0x20, %al\n"
	"	jz	2b\n"
	"	mov	$0x3f8, %edx\n"
	"	mov	%bl, %al\n"
	"	outb	%al, %dx\n"
	"	jmp	1b\n"
	"3:	.asciz	\"the next kernel runs\\r\\n\"\n"
	"4:	cli\n"
	"	hlt\n"
	"	jmp	4b\n"
	"next_kernel_end:\n"
	".popsection\n");
extern const char next_kernel[], next_kernel_end[];

static void next(char **arguments)
{
	struct kexec_segment segment = {
		.buf = next_kernel,
		.bufsz = (size_t)(next_kernel_end - next_kernel),
		.mem = (void *)NEXT_AT,
		.memsz = NEXT_SIZE,
	};

	(void)arguments;
	require(syscall(SYS_kexec_load, NEXT_AT, 1UL, &segment, KEXEC_ARCH_X86_64) == 0);
	syscall(SYS_reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2, LINUX_REBOOT_CMD_KEXEC, NULL);
	require(!"this kernel goes on");
}

const struct command power_commands[] = { { "next", "", next }, { 0 } };
