/* SPDX-License-Identifier: Apache-2.0 */
#include "attack.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_LINE 1024
#define MAX_WORDS 5

/* Hexadecimal digits; "-" for none. */
static bool parse_data(const char *text, struct private_data *data)
{
	size_t length = strcmp(text, "-") ? strlen(text) : 0;

	if (length % 2 || length / 2 > MAX_DATA)
		return false;
	for (size_t i = 0; i < length / 2; i++) {
		const char digits[] = { text[2 * i], text[2 * i + 1], '\0' };

		if (!isxdigit((unsigned char)digits[0]) || !isxdigit((unsigned char)digits[1]))
			return false;
		data->bytes[i] = (uint8_t)strtoul(digits, NULL, 16);
	}
	data->length = (uint8_t)(length / 2);
	return true;
}

static bool obey_connect(struct attacker *attacker, char **rest)
{
	const char *port_text = strtok_r(NULL, " ", rest), *data_text = strtok_r(NULL, " ", rest), *depth_text = strtok_r(NULL, " ", rest);
	struct private_data data;
	char why[ANSWER];
	uint64_t port, depth;

	if (!port_text || !data_text || !depth_text || !number(port_text, 0, UINT16_MAX, &port) ||
	    !number(depth_text, 0, DEVICE_DEPTH, &depth) || !parse_data(data_text, &data))
		return false;
	disconnect_queue(attacker);
	answer("connect", connect_queue(attacker, (uint16_t)port, &data, (uint8_t)depth, why) ? "connected" : why);
	return true;
}

static bool obey_request(struct attacker *attacker, const char *name, char **rest)
{
	uint64_t words[MAX_WORDS];
	size_t count = 0;

	for (const char *word = strtok_r(NULL, " ", rest); word; word = strtok_r(NULL, " ", rest)) {
		if (count == MAX_WORDS || !number(word, 0, UINT64_MAX, &words[count++]))
			return false;
	}
	return ask(attacker, name, words, count);
}

static void obey_revive(struct attacker *attacker)
{
	int rc = attacker->qp ? revive_queue(attacker) : ENOTCONN;

	answer("revive", rc ? strerror(rc) : "revived");
}

static bool obey_ended(struct attacker *attacker, char **rest)
{
	const char *text = strtok_r(NULL, " ", rest);
	char why[ANSWER] = "not connected";
	uint64_t milliseconds;

	if (!text || !number(text, 0, INT_MAX, &milliseconds))
		return false;
	answer("ended", attacker->id && await_end(attacker, (int)milliseconds, why) ? "ended" : why);
	return true;
}

static bool obey_line(struct attacker *attacker, char *line)
{
	char *rest;
	const char *name = strtok_r(line, " ", &rest);

	if (!name)
		return false;
	if (!strcmp(name, "connect"))
		return obey_connect(attacker, &rest);
	if (!strcmp(name, "ended"))
		return obey_ended(attacker, &rest);
	if (!strcmp(name, "revive")) {
		obey_revive(attacker);
		return true;
	}
	if (!strcmp(name, "disconnect")) {
		disconnect_queue(attacker);
		answer(name, "disconnected");
		return true;
	}
	return obey_request(attacker, name, &rest);
}

void obey(struct attacker *attacker)
{
	char line[MAX_LINE];

	while (fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\n")] = '\0';
		if (!obey_line(attacker, line)) {
			errno = 0;
			fail("no such command, or not with these words");
		}
	}
	disconnect_queue(attacker);
}
