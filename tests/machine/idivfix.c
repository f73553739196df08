/* SPDX-License-Identifier: MIT */
/*
 * Cures 64-bit signed division in a Bochs binary, preloaded into it by the script `bochs`.
 *
 * Bochs computes IDIV r/m64 in a helper, long_idiv. The compiler of the Debian package took two
 * pointers of different types in there for pointers to different objects, and so the quotient
 * comes out wrong (24 / 24 is not 1). Bochs exports its symbols for the sake of its plug-ins, which
 * lets this library find the helper by name and put a jump to a correct one in its place. A Bochs
 * without that symbol is left alone; whether it divides well is for the self-test to say.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* long_idiv(Bit128s *, long *, Bit128s const *, long), as the C++ compiler names it. */
#define LONG_IDIV "_Z9long_idivP7Bit128sPlPKS_l"

/* A 128-bit number as Bochs passes it: the layout is that of __int128, the alignment is not. */
struct wide {
	uint64_t low;
	int64_t high;
};

/*
 * The caller checks for a zero divisor before, and for a quotient of more than 64 bits after.
 * Division is done on magnitudes because -2^127 / -1 has no signed 128-bit result.
 */
static void divide(struct wide *quotient, int64_t *remainder, const struct wide *dividend,
		   int64_t divisor)
{
	const int dividend_negative = dividend->high < 0;
	const int quotient_negative = dividend_negative != (divisor < 0);
	unsigned __int128 n = (unsigned __int128)(uint64_t)dividend->high << 64 | dividend->low;
	uint64_t d = divisor < 0 ? -(uint64_t)divisor : (uint64_t)divisor;
	unsigned __int128 q;
	uint64_t r;

	if (dividend_negative)
		n = -n;
	q = n / d;
	r = (uint64_t)(n % d);
	if (quotient_negative)
		q = -q;

	quotient->low = (uint64_t)q;
	quotient->high = (int64_t)(q >> 64);
	*remainder = (int64_t)(dividend_negative ? -r : r);
}

/* Makes the function at `from` a jump to `to`: mov rax, to; jmp rax. */
static int redirect(unsigned char *from, uintptr_t to)
{
	unsigned char jump[] = {0x48, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xe0};
	const uintptr_t page_size = (uintptr_t)sysconf(_SC_PAGESIZE);
	const uintptr_t first = (uintptr_t)from & ~(page_size - 1);
	const size_t length = (uintptr_t)from + sizeof(jump) - first;

	memcpy(jump + 2, &to, sizeof(to));
	if (mprotect((void *)first, length, PROT_READ | PROT_WRITE))
		return -1;
	memcpy(from, jump, sizeof(jump));
	return mprotect((void *)first, length, PROT_READ | PROT_EXEC);
}

__attribute__((constructor)) static void cure(void)
{
	unsigned char *broken = dlsym(RTLD_DEFAULT, LONG_IDIV);

	if (broken && redirect(broken, (uintptr_t)divide))
		perror("idivfix: cannot write to the emulator's code");
}
