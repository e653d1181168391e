/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DSA_CHECK_H
#define DSA_CHECK_H

/*
 * check.h - one line per check, and a count at the end
 *
 * A check that fails is reported and the test goes on; check_result() is the exit status.
 */

#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>

__attribute__((format(printf, 4, 5))) bool check_at(const char *file, int line, bool ok, const char *format, ...);

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

int check_result(void);

#endif
