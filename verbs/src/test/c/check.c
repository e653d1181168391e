/* SPDX-License-Identifier: Apache-2.0 */

/* check.c - the one count of all files of a program; check.h says the rest */

#include "check.h"

#include <stdarg.h>
#include <stdio.h>

static unsigned checks_passed, checks_failed;

bool check_at(const char *file, int line, bool ok, const char *format, ...)
{
	char text[256];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	if (ok)
		checks_passed++;
	else
		checks_failed++;
	if (ok)
		printf("ok      %s\n", text);
	else
		printf("FAILED  %s (%s:%d)\n", text, file, line);
	fflush(stdout);
	return ok;
}

int check_result(void)
{
	printf("%u passed, %u failed\n", checks_passed, checks_failed);
	return checks_failed ? 1 : 0;
}
