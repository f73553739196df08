/* SPDX-License-Identifier: MIT */
/*
 * Cures 64-bit signed division in a Bochs binary, preloaded into it by the script `bochs`.
 *
 * Bochs computes IDIV r/m64 in a helper, long_idiv. The compiler of the Debian package took two
 * pointers of different types in there for pointers to different objects, and so the quotient
 * comes out wrong (24 / 24 is not 1). This library puts a jump to a correct one in its place. A
 * Bochs without that function is left alone; whether it divides well is for the self-test to say.
 */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>

#include "patch.h"

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

__attribute__((constructor)) static void cure(void)
{
	struct patch cured;
	void *broken = symbol(LONG_IDIV);

	if (!broken)
		return;
	if (patch_prepare(&cured, broken, divide))
		patch(&cured);
	else
		perror("idivfix: cannot write to the emulator's code");
}
