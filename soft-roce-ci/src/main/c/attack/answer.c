/* SPDX-License-Identifier: Apache-2.0 */
#include "attack.h"

#include <stdio.h>
#include <string.h>

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
