// SPDX-License-Identifier: MIT
#include "tools/messages.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/tessera.h"
#include "tools/commands.h"

void report_error(const char *format, ...)
{
	va_list list;

	fflush(stdout);
	fputs("tesseractl: ", stderr);
	va_start(list, format);
	vfprintf(stderr, format, list);
	va_end(list);
	fputc('\n', stderr);
}

int report_refusal(const char *what)
{
	int status = errno == ENODEV ? NO_DEVICE : REFUSED;

	report_error("%s: %s", what, tessera_explain(errno));
	return status;
}

int report_failure(const char *what)
{
	report_error("%s: %s", what, strerror(errno));
	return REFUSED;
}

int flush_output(int status)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	clearerr(stdout);
	return status == DONE ? report_failure("standard output") : status;
}
