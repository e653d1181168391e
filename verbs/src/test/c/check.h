/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DSA_CHECK_H
#define DSA_CHECK_H

/*
 * check.h - one line per check, and a count at the end
 *
 * A check that fails is reported and the test goes on; check_result() is the exit status.
 */

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static unsigned checks_passed, checks_failed;

__attribute__((format(printf, 4, 5))) static inline bool check_at(const char *file, int line, bool ok, const char *format, ...)
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

/* CHECK - the text says what holds */
#define CHECK(condition, ...) check_at(__FILE_NAME__, __LINE__, (condition), __VA_ARGS__)

/* CHECK_IS - an integer has the value expected; the report says both */
#define CHECK_IS(actual, expected, what)                                                                              \
	({                                                                                                            \
		int64_t actual_ = (int64_t)(actual), expected_ = (int64_t)(expected);                                 \
		actual_ == expected_ ? check_at(__FILE_NAME__, __LINE__, true, "%s", (what)) :                        \
				       check_at(__FILE_NAME__, __LINE__, false, "%s: %" PRId64 ", expected %" PRId64, \
						(what), actual_, expected_);                                          \
	})

static inline int check_result(void)
{
	printf("%u passed, %u failed\n", checks_passed, checks_failed);
	return checks_failed ? 1 : 0;
}

#endif
