/* SPDX-License-Identifier: Apache-2.0 */

/* What both programs need: how they end, numbers in their arguments, the time. */

#ifndef TOOL_H
#define TOOL_H

#include <stdbool.h>
#include <stdint.h>

/* Says what failed and, where errno is set, why; exits with 1. */
void fail(const char *what) __attribute__((noreturn));

/* Fails unless the value is zero: a positive one is an errno. */
void need_zero(int rc, const char *what);

/* Fails where there is none. */
void need(const void *pointer, const char *what);

/* A number from least to most, decimal, or hexadecimal behind 0x. False where the text is anything else. */
bool number(const char *text, uint64_t least, uint64_t most, uint64_t *value);

/* By a clock that nobody sets. */
uint64_t now_ns(void);

#endif
