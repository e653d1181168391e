/* SPDX-License-Identifier: Apache-2.0 */

/*
 * verbs_floor - the same requests that DSA's client makes, in C on rdma-core alone
 *
 *   verbs_floor serve ADDRESS PORT DAX-DEVICE OFFSET LENGTH
 *   verbs_floor read|write|durable-write ADDRESS PORT BLOCK DEPTH SECONDS WARM-UP spin|block
 *
 * As in DSA, each client has a type-2 memory window, bound to its queue pair, on a region that cannot be reached otherwise,
 * connections are rdma_cm's, blocks are visited at random and every one is signaled. A durable write is a WRITE and a persistent
 * FLUSH under one doorbell, of which only the FLUSH is signaled. Sizes are in bytes. Exit status: 0, 1 where something
 * failed, 2 for wrong usage.
 */

#include "floor.h"

#include <stdio.h>
#include <string.h>

static int usage(const char *what)
{
	fprintf(stderr,
		"verbs_floor: %s\n"
		"Usage: verbs_floor serve ADDRESS PORT DAX-DEVICE OFFSET LENGTH\n"
		"       verbs_floor read|write|durable-write ADDRESS PORT BLOCK DEPTH SECONDS WARM-UP spin|block\n",
		what);
	return 2;
}

static int client(char **argv)
{
	static const char *const operations[] = { "read", "write", "durable-write" };
	struct load load = { .wait = strcmp(argv[8], "block") ? SPIN : BLOCK };
	uint64_t block, depth, seconds, warm_up;
	unsigned operation = 0;

	while (operation < 3 && strcmp(argv[1], operations[operation]))
		operation++;
	if (operation == 3)
		return usage("the operation is read, write or durable-write");
	if (!number(argv[4], 8, UINT64_C(1) << 30, &block))
		return usage("BLOCK is 8 to 1073741824 bytes");
	if (!number(argv[5], 1, 1024, &depth))
		return usage("DEPTH is 1 to 1024");
	if (!number(argv[6], 1, 3600, &seconds) || !number(argv[7], 0, 3600, &warm_up))
		return usage("SECONDS is 1 to 3600, WARM-UP 0 to 3600");
	if (load.wait == SPIN && strcmp(argv[8], "spin"))
		return usage("the way to wait is spin or block");
	load.operation = (enum operation)operation;
	load.block = (uint32_t)block;
	load.depth = (uint32_t)depth;
	load.seconds = (uint32_t)seconds;
	load.warm_up = (uint32_t)warm_up;
	run_load(argv[2], argv[3], &load);
	return 0;
}

int main(int argc, char **argv)
{
	uint64_t offset, length;

	if (argc == 7 && !strcmp(argv[1], "serve")) {
		if (!number(argv[5], 0, INT64_MAX, &offset) || !number(argv[6], 1, INT64_MAX, &length))
			return usage("OFFSET and LENGTH are numbers of bytes");
		serve(argv[2], argv[3], argv[4], offset, length);
	}
	return argc == 9 ? client(argv) : usage("wrong number of arguments");
}
