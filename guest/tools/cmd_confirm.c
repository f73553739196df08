// SPDX-License-Identifier: MIT
#include <errno.h>
#include <stdio.h>

#include "tools/attempts.h"
#include "tools/run.h"
#include "tools/say.h"

int run_confirm(int fd, const struct options *o)
{
	unsigned int count;

	(void)fd;
	(void)o;
	if (attempts_forget(&count)) {
		printf(count ? "confirmed: starts forgotten: %u\n"
			     : "nothing to confirm: starts counted: %u\n",
		       count);
		return DONE;
	}
	if (errno == ENOENT)
		say(EFIVARS " is not there: this machine did not start by UEFI, or mount efivarfs");
	else if (errno == EACCES || errno == EPERM)
		say("confirm: be root");
	else
		return failed("confirm");
	return REFUSED;
}
