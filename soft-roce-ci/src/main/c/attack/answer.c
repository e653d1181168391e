/* SPDX-License-Identifier: Apache-2.0 */
#include "attack.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

void fail(const char *what)
{
	if (errno)
		fprintf(stderr, "verbs_attack: %s: %s\n", what, strerror(errno));
	else
		fprintf(stderr, "verbs_attack: %s\n", what);
	exit(1);
}

void need_zero(int rc, const char *what)
{
	if (rc > 0)
		errno = rc;
	if (rc)
		fail(what);
}

void need(const void *pointer, const char *what)
{
	if (!pointer)
		fail(what);
}

uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * UINT64_C(1000000000) + (uint64_t)t.tv_nsec;
}

void answer(const char *name, const char *text)
{
	printf("%s\t%s\n", name, text);
	fflush(stdout);
}

/* The bytes of a rejection as far as people can read them. The connection manager pads with zeros. */
static void append_readable(char text[ANSWER], const uint8_t *data, uint8_t length)
{
	size_t at = strlen(text);

	if (!length || data[0] < ' ' || data[0] > '~')
		return;
	text[at++] = ' ';
	for (uint8_t i = 0; i < length && data[i] >= ' ' && data[i] <= '~' && at < ANSWER - 1; i++)
		text[at++] = (char)data[i];
	text[at] = '\0';
}

void describe_event(const struct rdma_cm_event *event, char text[ANSWER])
{
	snprintf(text, ANSWER, "%s %d", rdma_event_str(event->event), event->status);
	if (event->event == RDMA_CM_EVENT_REJECTED && event->param.conn.private_data)
		append_readable(text, event->param.conn.private_data, event->param.conn.private_data_len);
}
