/* SPDX-License-Identifier: Apache-2.0 */

/* chain_test.c - requests that a poll posts when the one before is complete */

#include "verbs_test.h"

#include "check.h"

#include <errno.h>

/* One request after another, each posted by the call that finds the one before it complete. */
void post__chained(struct pair *pair)
{
	struct region local = region_new(pair->client.pd, 4096, 0);
	struct region remote = region_new(pair->server.pd, 4096, IBV_ACCESS_REMOTE_WRITE);
	struct dsa_work_request wr = request(DSA_OP_WRITE, &local, 8, (uintptr_t)remote.memory, remote.rkey);
	struct dsa_work_request next = wr;
	struct dsa_chain chain = { .qp = pair->client.qp, .requests = (uintptr_t)&next, .n = 1 };
	uint64_t *word = remote.memory;
	struct ibv_wc wc;

	/* wr_ids around the end of 64 bits */
	wr.wr_id = UINT64_MAX - 9;
	*(uint64_t *)local.memory = 7;
	CHECK_IS(dsa_post(pair->client.qp, &wr, 1), 0, "a request");
	for (uint64_t i = 1; i <= 20; i++) {
		chain.after = wr.wr_id + i - 1;
		next.wr_id = wr.wr_id + i;
		next.remote_address = (uintptr_t)&word[i];
		CHECK_IS(dsa_spin_cq(pair->client.cq, &wc, 1, INT32_MAX, &chain), 1, "the one before completes");
		CHECK(wc.status == IBV_WC_SUCCESS && wc.wr_id == chain.after, "in its turn");
		CHECK_IS(chain.posted, 1, "the next one is posted");
	}
	CHECK_IS(dsa_spin_cq(pair->client.cq, &wc, 1, INT32_MAX, NULL), 1, "the last one completes");
	for (int i = 0; i <= 20; i++)
		CHECK(word[i] == 7, "request %d has arrived", i);
	CHECK_IS(dsa_spin_cq(pair->client.cq, &wc, 1, 1000, &chain), 0, "nothing more completes");
	CHECK_IS(chain.posted, 0, "so that nothing is posted");

	chain.after = next.wr_id + 2;
	CHECK_IS(dsa_post(pair->client.qp, &next, 1), 0, "a request before the one that is waited for");
	CHECK_IS(dsa_spin_cq(pair->client.cq, &wc, 1, INT32_MAX, &chain), 1, "completes");
	CHECK_IS(chain.posted, 0, "and has nothing posted");

	next.opcode = 99;
	CHECK_IS(dsa_post(pair->client.qp, &wr, 1), 0, "a request before one that is wrong");
	chain.after = wr.wr_id;
	CHECK_IS(dsa_spin_cq(pair->client.cq, &wc, 1, INT32_MAX, &chain), 1, "completes all the same");
	CHECK_IS(chain.posted, -EINVAL, "and the chain says why it was not posted");
	chain.requests = 0;
	CHECK_IS(dsa_post(pair->client.qp, &wr, 1), 0, "a request before none");
	CHECK_IS(dsa_spin_cq(pair->client.cq, &wc, 1, INT32_MAX, &chain), 1, "completes all the same");
	CHECK_IS(chain.posted, -EFAULT, "and the chain says what is missing");
	chain.requests = (uintptr_t)&next;
	chain.qp = pair->client.cq;
	CHECK_IS(dsa_post(pair->client.qp, &wr, 1), 0, "a request before one of no queue pair");
	CHECK_IS(dsa_spin_cq(pair->client.cq, &wc, 1, INT32_MAX, &chain), 1, "completes all the same");
	CHECK_IS(chain.posted, -EBADF, "and the chain says so");
	CHECK_IS(dsa_spin_cq(pair->client.qp, &wc, 1, 1, &chain), -EBADF, "no completion queue");
	CHECK_IS(chain.posted, 0, "nothing is posted");

	region_free(&local);
	region_free(&remote);
}

/* After a failure nothing is chained: the queue pair is in error. */
void post__chained_to_a_failure(void)
{
	struct region local, remote;
	struct dsa_work_request wr, next;
	struct dsa_chain chain;
	struct ibv_wc wc = { 0 };
	struct pair pair;

	if (pair_open(&pair, &best)) {
		local = region_new(pair.client.pd, 4096, 0);
		remote = region_new(pair.server.pd, 4096, IBV_ACCESS_REMOTE_WRITE);
		next = wr = request(DSA_OP_WRITE, &local, 8, (uintptr_t)remote.memory, remote.rkey);
		wr.rkey ^= 0x10000;
		chain = (struct dsa_chain){ .qp = pair.client.qp, .requests = (uintptr_t)&next, .n = 1, .after = wr.wr_id };
		CHECK_IS(dsa_post(pair.client.qp, &wr, 1), 0, "a request with a wrong key");
		CHECK_IS(dsa_spin_cq(pair.client.cq, &wc, 1, INT32_MAX, &chain), 1, "completes");
		CHECK_IS(wc.status, IBV_WC_REM_ACCESS_ERR, "refused");
		CHECK_IS(chain.posted, 0, "and has nothing posted");
		region_free(&local);
		region_free(&remote);
	}
	pair_close(&pair);
}

/* What had no room when the poll began is posted all the same, in the room of the request that is complete. */
void post__chained_in_a_queue_of_one(void)
{
	struct options one = best;
	struct region local, remote;
	struct dsa_work_request wr;
	struct dsa_chain chain;
	struct ibv_wc wc;
	struct pair pair;

	one.max_send_wr = 1;
	if (pair_open(&pair, &one)) {
		local = region_new(pair.client.pd, 4096, 0);
		remote = region_new(pair.server.pd, 4096, IBV_ACCESS_REMOTE_WRITE);
		wr = request(DSA_OP_WRITE, &local, 4096, (uintptr_t)remote.memory, remote.rkey);
		chain = (struct dsa_chain){ .qp = pair.client.qp, .requests = (uintptr_t)&wr, .n = 1, .after = wr.wr_id };
		CHECK_IS(dsa_post(pair.client.qp, &wr, 1), 0, "a request");
		for (int i = 0; i < 100; i++) {
			if (dsa_spin_cq(pair.client.cq, &wc, 1, INT32_MAX, &chain) != 1 || wc.status != IBV_WC_SUCCESS || chain.posted != 1) {
				CHECK(false, "request %d ends with %d, and the one after it is posted (%d)", i, wc.status, chain.posted);
				break;
			}
		}
		CHECK_IS(dsa_spin_cq(pair.client.cq, &wc, 1, INT32_MAX, NULL), 1, "the last one completes");
		region_free(&local);
		region_free(&remote);
	}
	pair_close(&pair);
}
