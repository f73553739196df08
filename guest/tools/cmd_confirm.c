// SPDX-License-Identifier: MIT
#include <errno.h>
#include <stdio.h>

#include "tools/attempts.h"
#include "tools/run.h"
#include "tools/messages.h"

int run_confirm(int fd, const struct options *o)
{
	unsigned int count;

	(void)fd;
	(void)o;
	if (attempts_forget(&count)) {
		printf(count ? "confirmed: unconfirmed starts cleared: %u\n"
			     : "nothing to confirm: unconfirmed starts: %u\n",
		       count);
		return DONE;
	}
	if (errno == ENOENT)
		report_error(EFIVARS
			     " does not exist: mount efivarfs there, or boot the machine by UEFI");
	else if (errno == EACCES || errno == EPERM)
		report_error("confirm: the loader's counter cannot be deleted: be root");
	else
		return report_failure("confirm");
	return REFUSED;
}
