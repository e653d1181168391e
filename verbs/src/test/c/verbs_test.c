/* SPDX-License-Identifier: Apache-2.0 */

/*
 * verbs_test.c - every extension, and its errors, on a real RDMA device
 *
 *   verbs_test [ADDRESS]                    all that needs no NVM; default: 10.9.0.1
 *   verbs_test ADDRESS DAX-DEVICE           what needs some, and writes over what the device holds
 *
 * Both ends of every connection are in this process. Needs root or CAP_IPC_LOCK and a device that can what SoftRoCE can.
 */

#include "verbs_test.h"

#include "check.h"

#include <stdio.h>
#include <string.h>

/* What the kernel holds. */
static void read_resources(char *out, size_t size)
{
	FILE *pipe = popen("rdma resource show 2>&1", "r");
	size_t n = pipe ? fread(out, 1, size - 1, pipe) : 0;

	out[n] = 0;
	if (pipe)
		pclose(pipe);
}

static void test_without_nvm(void)
{
	struct pair pair;

	layout__known();
	ids__refused();
	bind__errors();
	unbound__refused();
	if (pair_open(&pair, &best)) {
		device__attributes(&pair);
		connect__private_data(&pair);
		post__data(&pair);
		post__chained(&pair);
		post__changing_elements(&pair);
		post__messages(&pair);
		flush__refused(&pair);
		region__large(&pair);
		region__errors(&pair);
		create_qp__errors(&pair);
		connect__refused(&pair);
		destroy__while_connecting(&pair);
		wait__woken(&pair);
		async__overflow();
	}
	pair_close(&pair);
	window__rights();
	destroy__bound_window();
	plain__fallback();
	post__not_made_for();
	post__chained_to_a_failure();
	post__chained_in_a_queue_of_one();
	disconnect__events();
	destroy__parents_first();
	destroy__pending_request();
	destroy__under_fire();
}

static void test_with_nvm(const char *dax_path)
{
	struct pair pair;

	if (pair_open(&pair, &best))
		flush__persistent(&pair, dax_path);
	pair_close(&pair);
}

int main(int argc, char **argv)
{
	static char before[4096], after[4096];
	int64_t warm_channel, warm;
	uint16_t port;

	if (argc > 1)
		address_text = argv[1];

	/* The device stays open; count from there. */
	warm_channel = dsa_create_event_channel();
	warm = listen_on(warm_channel, &port);
	if (dsa_context(warm) < 0)
		return CHECK(false, "no RDMA device has %s", address_text);
	dsa_destroy_id(warm);
	dsa_destroy_event_channel(warm_channel);
	read_resources(before, sizeof(before));

	if (argc > 2)
		test_with_nvm(argv[2]);
	else
		test_without_nvm();

	read_resources(after, sizeof(after));
	if (!CHECK(before[0] && strcmp(before, after) == 0, "the kernel holds what it held before"))
		printf("before: %safter:  %s", before, after);
	return check_result();
}
