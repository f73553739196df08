// SPDX-License-Identifier: MIT
#include "hv/core/wait.h"

#include "hv/core/vm.h"
#include "hv/x86/insn.h"

bool wait_goes_on(struct wait *w)
{
	u64 now = rdtsc(), spent = now - w->last, most = boot->tsc_hz >> 10;

	if (!w->last)
		w->left = (s64)(w->us * (boot->tsc_hz >> 20));
	else
		w->left -= (s64)MIN(spent, most);
	w->last = now;
	pause();
	return w->left > 0;
}
