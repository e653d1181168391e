/* SPDX-License-Identifier: Apache-2.0 */

/*
 * verbs_attack - asks a DSA server for what DSA's own library refuses to ask for, on rdma-core alone
 *
 *   verbs_attack ask ADDRESS
 *   verbs_attack storm ADDRESS PORT tokens|leave|hold THREADS SECONDS
 *
 * `ask` obeys lines of standard input, one by one, and answers each with one line: its first word, a tab, and what the connection
 * manager or the device said of it, in words. Numbers are decimal, or hexadecimal behind 0x.
 *
 *   connect PORT DATA DEPTH                       a connection with this private data in hexadecimal digits ("-": none), and DEPTH
 *                                                 READs in flight agreed upon (255: as many as the devices can); ends the one before
 *   read RKEY ADDRESS LENGTH PIECES               one READ into PIECES elements, of which LENGTH is a multiple
 *   reads RKEY ADDRESS LENGTH COUNT               COUNT of them in flight, as many as the device can, whatever was agreed upon
 *   write RKEY ADDRESS LENGTH PIECES
 *   write-imm RKEY ADDRESS LENGTH
 *   fetch-add RKEY ADDRESS                        adds 1
 *   compare-swap RKEY ADDRESS                     0 for all bits set
 *   atomic-write RKEY ADDRESS                     all bits set
 *   flush RKEY ADDRESS LENGTH TYPE LEVEL          numbers of enum ibv_placement_type and enum ibv_selectivity_level, and others
 *   send LENGTH, send-imm LENGTH
 *   send-inv RKEY LENGTH                          invalidates a key of the peer
 *   revive                                        brings this end's queue pair up anew after an error
 *   ended MILLISECONDS                            waits for the server to end the connection
 *   disconnect
 *
 * "not posted" says that this end refused, and nothing was sent. `storm` connects as fast as it can for SECONDS; with `hold` it
 * leaves the server without the last message of each handshake. It prints what the server answered, a tab and how often.
 * Exit status: 0, 1 where this end failed, 2 for wrong usage.
 */

#include "attack.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

static int usage(const char *what)
{
	fprintf(stderr,
		"verbs_attack: %s\n"
		"Usage: verbs_attack ask ADDRESS\n"
		"       verbs_attack storm ADDRESS PORT tokens|leave|hold THREADS SECONDS\n",
		what);
	return 2;
}

static int storm(char **argv, const struct sockaddr_in *server)
{
	static const char *const kinds[] = { "tokens", "leave", "hold" };
	uint64_t port, threads, seconds;
	unsigned kind = 0;

	while (kind < 3 && strcmp(argv[4], kinds[kind]))
		kind++;
	if (kind == 3)
		return usage("a storm is of tokens, leave or hold");
	if (!number(argv[3], 1, UINT16_MAX, &port) || !number(argv[5], 1, 64, &threads) || !number(argv[6], 1, 3600, &seconds))
		return usage("PORT is 1 to 65535, THREADS 1 to 64, SECONDS 1 to 3600");
	run_storm(server, (uint16_t)port, (enum storm_kind)kind, (unsigned)threads, (unsigned)seconds);
	return 0;
}

int main(int argc, char **argv)
{
	struct attacker attacker = { .server = { .sin_family = AF_INET } };

	if (argc < 3)
		return usage("wrong number of arguments");
	if (inet_pton(AF_INET, argv[2], &attacker.server.sin_addr) != 1)
		return usage("ADDRESS is an IPv4 address");
	if (argc == 7 && !strcmp(argv[1], "storm"))
		return storm(argv, &attacker.server);
	if (argc != 3 || strcmp(argv[1], "ask"))
		return usage("wrong number of arguments");
	attacker.channel = rdma_create_event_channel();
	need(attacker.channel, "open the RDMA connection manager");
	obey(&attacker);
	return 0;
}
