/* SPDX-License-Identifier: MIT */
/*
 * Cures two faults of a Bochs with several processors, preloaded into it by the script `bochs`.
 *
 * Bochs leaves the middle of an instruction by a longjmp to its main loop: after an exception, and
 * for a VM exit. The loop for one processor then commits the instruction pointer, which is where a
 * fault or a VM exit at the next boundary will put the program. The loop for several processors
 * does not, and so a VM exit between an exception and its handler's first instruction, or a fault
 * of the fetch of that one, goes back to the interrupted program with the handler's stack and
 * privileges. Here each such longjmp commits first.
 *
 * The other fault: a start-up IPI ends a guest's wait for one by a VM exit. Its longjmp leaves the
 * instruction of the processor that sends, not of the one that gets, and all further receivers go
 * without. Here it leads back to the sender.
 */
/* Our own longjmp shall be the C library's, not the one whose place we take. */
#undef _FORTIFY_SOURCE
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "patch.h"

/* BX_CPU_C::cpu_loop(), the loop for one processor. */
#define LOOP "_ZN8BX_CPU_C8cpu_loopEv"
/* BX_CPU_C::jmp_buf_env, where all processors jump to. */
#define LOOP_ENV "_ZN8BX_CPU_C11jmp_buf_envE"
/* BX_CPU_C::deliver_SIPI(unsigned), of the processor that gets it. */
#define SIPI "_ZN8BX_CPU_C12deliver_SIPIEj"

typedef unsigned char cpu; /* Bochs' object, whose members are known by their offsets only */

static cpu ***cpus;
static const uint8_t *cpu_count;
static struct __jmp_buf_tag *loop_env;
static int32_t rip, speculative_rsp, committed_rip;

static struct patch sipi_patch;
static cpu *starting; /* the processor that is just getting a start-up IPI, or NULL */
static jmp_buf started;

/*
 * Finds the three members in the machine code by which the other loop commits:
 * mov rip(%rdx), %rax; movb $0, speculative_rsp(%rdx); mov %rax, committed_rip(%rdx).
 */
static bool find_members(const unsigned char *loop)
{
	const unsigned char *const end = loop + 256;

	for (; loop < end; loop++) {
		if (memcmp(loop, "\x48\x8b\x82", 3) || memcmp(loop + 7, "\xc6\x82", 2) ||
		    memcmp(loop + 13, "\0\x48\x89\x82", 4))
			continue;
		memcpy(&rip, loop + 3, sizeof(rip));
		memcpy(&speculative_rsp, loop + 9, sizeof(speculative_rsp));
		memcpy(&committed_rip, loop + 17, sizeof(committed_rip));
		return true;
	}
	return false;
}

static void commit(cpu *c)
{
	memcpy(c + committed_rip, c + rip, sizeof(uint64_t));
	c[speculative_rsp] = false;
}

/*
 * What Bochs calls for longjmp. Which processor jumps is not said; all others are between two
 * instructions, where a commit changes nothing. (Its one call of plain longjmp, for an error of
 * the FPU that is signalled as in DOS, is left as it is.)
 */
__attribute__((noreturn)) void __longjmp_chk(jmp_buf env, int value)
{
	if (loop_env && env == loop_env) {
		if (starting) {
			/* Not the sender: it is in the middle of its instruction. */
			commit(starting);
			longjmp(started, 1);
		}
		for (unsigned int i = 0; i < *cpu_count; i++)
			commit((*cpus)[i]);
	}
	longjmp(env, value);
}

static void deliver_sipi(cpu *receiver, unsigned int vector)
{
	void (*deliver)(cpu *, unsigned int) = (void *)sipi_patch.target;

	starting = receiver;
	unpatch(&sipi_patch);
	if (!setjmp(started))
		deliver(receiver, vector);
	patch(&sipi_patch);
	starting = NULL;
}

__attribute__((constructor)) static void cure(void)
{
	const void *loop = symbol(LOOP);

	cpus = symbol("bx_cpu_array");
	cpu_count = symbol("bx_cpu_count");
	if (!loop || !cpus || !cpu_count || !symbol(LOOP_ENV) || !find_members(loop) ||
	    !patch_prepare(&sipi_patch, symbol(SIPI), deliver_sipi)) {
		fprintf(stderr, "smpfix: this emulator is not the one that can be cured\n");
		return;
	}
	patch(&sipi_patch);
	loop_env = symbol(LOOP_ENV);
}
