// SPDX-License-Identifier: MIT
#include "tools/say.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/tessera.h"
#include "tools/commands.h"

void say(const char *format, ...)
{
	va_list list;

	fflush(stdout);
	fputs("tesseractl: ", stderr);
	va_start(list, format);
	vfprintf(stderr, format, list);
	va_end(list);
	fputc('\n', stderr);
}

int refused(const char *what)
{
	int status = errno == ENODEV ? NO_DEVICE : REFUSED;

	say("%s: %s", what, tessera_explain(errno));
	return status;
}

int failed(const char *what)
{
	say("%s: %s", what, strerror(errno));
	return REFUSED;
}

int flushed(int status)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	clearerr(stdout);
	return status == DONE ? failed("standard output") : status;
}
