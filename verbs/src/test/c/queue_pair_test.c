/* SPDX-License-Identifier: Apache-2.0 */

/* queue_pair_test.c - queue pairs that cannot be made, and those that can do less */

#include "verbs_test.h"

#include "check.h"

#include <errno.h>
#include <string.h>

void create_qp__errors(struct pair *pair)
{
	struct dsa_qp_attributes attributes = { .max_send_wr = 4, .max_recv_wr = 4 };
	int64_t id = dsa_create_id(pair->client.channel), late;
	struct end end = { .channel = pair->client.channel };

	CHECK_IS(dsa_create_qp(id, pair->client.pd, pair->client.cq, pair->client.cq, &attributes, 0, 0), -ENODEV, "an id without a device");
	dsa_destroy_id(id);
	if (!resolve(&end, pair->port))
		return;
	CHECK_IS(dsa_create_qp(end.id, pair->client.cq, pair->client.cq, pair->client.cq, &attributes, 0, 0), -EBADF, "a queue for a domain");
	CHECK_IS(dsa_create_qp(end.id, pair->client.pd, pair->client.pd, pair->client.cq, &attributes, 0, 0), -EBADF, "a domain for a queue");
	CHECK_IS(dsa_create_qp(end.id, pair->client.pd, pair->client.cq, pair->client.cq, NULL, 0, 0), -EFAULT, "no attributes");
	CHECK_IS(dsa_create_qp(end.id, pair->client.pd, pair->client.cq, pair->client.cq, &attributes, 0, UINT64_C(1) << 40), -EOPNOTSUPP,
		 "operations that there are not");
	attributes.max_send_sge = DSA_MAX_SGE + 1;
	CHECK_IS(dsa_create_qp(end.id, pair->client.pd, pair->client.cq, pair->client.cq, &attributes, 0, 0), -EINVAL, "too many elements");
	attributes.max_send_sge = 1;
	attributes.max_send_wr = 0x7fffffff;
	late = dsa_create_qp(end.id, pair->client.pd, pair->client.cq, pair->client.cq, &attributes, 0, DSA_SEND_OPS_BEST);
	CHECK(late < 0, "too many requests: %s", strerror((int)-late));
	attributes.max_send_wr = 4;
	late = dsa_create_qp(end.id, pair->client.pd, pair->client.cq, pair->client.cq, &attributes, 1, DSA_SEND_OP_WRITE | DSA_SEND_OP_FLUSH);
	CHECK(late > 0 && attributes.send_ops == (DSA_SEND_OP_WRITE | DSA_SEND_OP_FLUSH), "after all that, one of two operations");
	CHECK_IS(dsa_post(late, &(struct dsa_work_request){ .opcode = DSA_OP_WRITE }, 1), -ENOTCONN, "and posts nothing before it is connected");
	CHECK_IS(dsa_connect(end.id, &(struct dsa_connection_parameters){ .retry_count = 8 }), -EINVAL, "a retry count of 8");
	CHECK_IS(dsa_connect(end.id, &(struct dsa_connection_parameters){ .private_data_length = 57 }), -EINVAL, "57 bytes of private data");
	CHECK_IS(dsa_connect(end.id, &(struct dsa_connection_parameters){ .private_data_length = 7 }), -EFAULT, "private data from nowhere");
	CHECK_IS(dsa_connect(end.id, NULL), -EFAULT, "no parameters");
	CHECK_IS(dsa_destroy_qp(end.id), 0, "it is destroyed");
	CHECK_IS(dsa_destroy_qp(end.id), -ENOENT, "once");
	CHECK_IS(dsa_query_qp(late, &attributes), -EBADF, "its id is stale");
	CHECK_IS(dsa_connect(end.id, &(struct dsa_connection_parameters){ 0 }), -ENOTCONN, "no connection without a queue pair");
	dsa_destroy_id(end.id);
	CHECK_IS(dsa_create_cq(pair->context, 0, 0, 0), -EINVAL, "a queue of depth 0");
	CHECK_IS(dsa_create_cq(pair->context, pair->client.pd, 1, 0), -EBADF, "a queue on a domain");
	late = dsa_create_cq(pair->context, 0, 0x7fffffff, 0);
	CHECK(late < 0, "a queue of depth 2^31: %s", strerror((int)-late));
	late = dsa_create_cq(pair->context, 0, 1, 10000);
	CHECK(late < 0, "a vector that there is not: %s", strerror((int)-late));
}

void plain__fallback(void)
{
	const struct options plain = { .send_ops = 0, .max_send_wr = 40, .max_send_sge = 2, .cq_depth = 256, .depth = 16 };
	struct dsa_work_request wrs[40];
	struct region local, remote;
	struct ibv_wc wc;
	struct pair pair;
	int64_t mw;
	uint32_t rkey;

	if (!pair_open(&pair, &plain))
		return;
	CHECK_IS(pair.client.attributes.send_ops, 0, "a plain queue pair");
	local = region_new(pair.client.pd, 4096, 0);
	remote = region_new(pair.server.pd, 4096, REMOTE_ALL | IBV_ACCESS_MW_BIND);
	memset(local.memory, 7, 64);
	for (int i = 0; i < 40; i++) {
		wrs[i] = request(DSA_OP_WRITE, &local, 1, (uintptr_t)remote.memory + (uint64_t)i, remote.rkey);
		wrs[i].flags = i == 39 ? DSA_WR_SIGNALED : 0;
		wrs[i].wr_id = (uint64_t)i;
	}
	CHECK_IS(dsa_post(pair.client.qp, wrs, 40), 0, "40 WRITEs in three lists");
	wc = complete(pair.client.cq);
	CHECK(wc.status == IBV_WC_SUCCESS && wc.wr_id == 39 && ((char *)remote.memory)[39] == 7, "arrive");
	*(uint64_t *)remote.memory = 5;
	wrs[0] = request(DSA_OP_FETCH_ADD, &local, 8, (uintptr_t)remote.memory, remote.rkey);
	wrs[0].operand = 1;
	CHECK_IS(run(&pair.client, &wrs[0]), IBV_WC_SUCCESS, "fetch and add");
	CHECK(*(uint64_t *)remote.memory == 6 && *(uint64_t *)local.memory == 5, "adds");
	wrs[0] = request(DSA_OP_FLUSH, NULL, 64, (uintptr_t)remote.memory, remote.rkey);
	wrs[0].flush_type = DSA_FLUSH_GLOBAL;
	CHECK_IS(dsa_post(pair.client.qp, wrs, 1), -EOPNOTSUPP, "FLUSH needs more");
	wrs[0] = request(DSA_OP_ATOMIC_WRITE, NULL, 0, (uintptr_t)remote.memory, remote.rkey);
	CHECK_IS(dsa_post(pair.client.qp, wrs, 1), -EOPNOTSUPP, "atomic write too");
	mw = dsa_alloc_mw(pair.server.pd, 1, NULL);
	CHECK_IS(dsa_bind_mw(pair.server.qp, mw, remote.mr, (uintptr_t)remote.memory, 4096, IBV_ACCESS_REMOTE_READ, 1, DSA_WR_SIGNALED, &rkey), 0,
		 "a bind by ibv_post_send");
	CHECK_IS(complete(pair.server.cq).status, IBV_WC_SUCCESS, "is done");
	wrs[0] = request(DSA_OP_READ, &local, 64, (uintptr_t)remote.memory, rkey);
	CHECK_IS(run(&pair.client, &wrs[0]), IBV_WC_SUCCESS, "READ through it");
	dsa_dealloc_mw(mw);
	CHECK_IS(dsa_qp_error(pair.client.qp), 0, "the queue pair is moved to the error state");
	wrs[0] = request(DSA_OP_WRITE, &local, 1, (uintptr_t)remote.memory, remote.rkey);
	CHECK_IS(run(&pair.client, &wrs[0]), IBV_WC_WR_FLUSH_ERR, "what is posted then is flushed");
	region_free(&local);
	region_free(&remote);
	pair_close(&pair);
}

void post__not_made_for(void)
{
	const struct options narrow = {
		.send_ops = DSA_SEND_OP_WRITE | DSA_SEND_OP_FLUSH, .max_send_wr = 8, .max_send_sge = 1, .cq_depth = 16, .depth = 1
	};
	struct dsa_work_request wr = { .opcode = DSA_OP_WRITE, .flags = DSA_WR_SIGNALED };
	struct pair pair;

	if (!pair_open(&pair, &narrow))
		return;
	CHECK_IS(run(&pair.client, &wr), IBV_WC_SUCCESS, "a queue pair for WRITE and FLUSH writes");
	wr.opcode = DSA_OP_READ;
	CHECK_IS(dsa_post(pair.client.qp, &wr, 1), -EOPNOTSUPP, "and does not read");
	wr.opcode = DSA_OP_SEND;
	CHECK_IS(dsa_post(pair.client.qp, &wr, 1), -EOPNOTSUPP, "or send");
	pair_close(&pair);
}
