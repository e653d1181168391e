/* SPDX-License-Identifier: Apache-2.0 */

/* window_test.c - what a memory window gives, and to whom */

#include "verbs_test.h"

#include "check.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

void window__rights(void)
{
	const uint32_t rights = IBV_ACCESS_REMOTE_WRITE | IBV_ACCESS_REMOTE_READ;
	struct region memory, local, local2;
	uint32_t rkey, first, second = 0, unchanged = 0x77;
	struct dsa_work_request wr;
	struct pair a, b;
	struct end stranger;
	int64_t mw, old, other;
	uint64_t base;
	int rc;

	if (!pair_open(&a, &best) || !pair_open(&b, &best))
		return;
	local = region_new(a.client.pd, 4096, 0);
	local2 = region_new(b.client.pd, 4096, 0);
	memory = region_new(a.server.pd, MIB, IBV_ACCESS_MW_BIND);
	base = (uintptr_t)memory.memory;
	mw = dsa_alloc_mw(a.server.pd, 1, &rkey);
	old = dsa_alloc_mw(a.server.pd, 1, NULL);
	CHECK(mw > 0 && old > 0, "two windows of type 2");
	CHECK_IS(dsa_bind_mw(a.server.qp, mw, memory.mr, base, MIB + 1, rights, 1, DSA_WR_SIGNALED, &unchanged), -EINVAL, "a range beyond the region");
	CHECK_IS(dsa_bind_mw(a.server.qp, mw, memory.mr, base - 1, 2, rights, 1, DSA_WR_SIGNALED, &unchanged), -EINVAL, "a range before it");
	CHECK_IS(dsa_bind_mw(a.server.qp, mw, memory.mr, base, UINT64_MAX, rights, 1, 0, &unchanged), -EINVAL, "a range around the end of memory");
	CHECK_IS(dsa_bind_mw(a.server.qp, mw, memory.mr, base, 0, rights, 1, 0, &unchanged), -EINVAL, "an empty range");
	CHECK_IS(dsa_bind_mw(a.server.qp, mw, memory.mr, base, MIB, IBV_ACCESS_LOCAL_WRITE, 1, 0, &unchanged), -EINVAL, "a local right");
	CHECK_IS(dsa_bind_mw(b.server.qp, mw, memory.mr, base, MIB, rights, 1, 0, &unchanged), -EINVAL, "a queue pair of another domain");
	CHECK_IS(dsa_bind_mw(mw, mw, memory.mr, base, MIB, rights, 1, 0, &unchanged), -EBADF, "a window for a queue pair");
	CHECK_IS(dsa_bind_mw(a.server.qp, memory.mr, mw, base, MIB, rights, 1, 0, &unchanged), -EBADF, "region and window mixed up");
	CHECK_IS(dsa_bind_mw(a.server.qp, mw, memory.mr, base, MIB, rights, 1, 0, NULL), -EFAULT, "no place for the key");
	CHECK_IS(unchanged, 0x77, "none of them gave a key");
	CHECK_IS(dsa_bind_mw(a.server.qp, mw, memory.mr, base, MIB, rights, 55, DSA_WR_SIGNALED, &first), 0, "a bind");
	CHECK(complete(a.server.cq).status == IBV_WC_SUCCESS && first != rkey && first >> 8 == rkey >> 8, "makes the next key of the window");
	wr = request(DSA_OP_WRITE, &local, 4096, base, first);
	CHECK_IS(run(&a.client, &wr), IBV_WC_SUCCESS, "WRITE through the window");
	wr = request(DSA_OP_READ, &local, 4096, base, first);
	CHECK_IS(run(&a.client, &wr), IBV_WC_SUCCESS, "READ through the window");

	rc = dsa_dereg_mr(memory.mr);
	CHECK(rc == -EBUSY || rc == -EINVAL, "a region with a bound window stays: %s", strerror(-rc));
	wr = request(DSA_OP_WRITE, &local, 4096, base, first);
	CHECK_IS(run(&a.client, &wr), IBV_WC_SUCCESS, "and the window works on");

	/* take it back and bind it again */
	wr = request(DSA_OP_LOCAL_INV, NULL, 0, 0, first);
	CHECK_IS(run(&a.server, &wr), IBV_WC_SUCCESS, "LOCAL_INV of the window");
	CHECK_IS(dsa_bind_mw(a.server.qp, mw, memory.mr, base, MIB, rights, 56, DSA_WR_SIGNALED, &second), 0, "a second bind");
	CHECK(complete(a.server.cq).status == IBV_WC_SUCCESS && second != first, "gives another key");
	wr = request(DSA_OP_WRITE, &local, 4096, base, second);
	CHECK_IS(run(&a.client, &wr), IBV_WC_SUCCESS, "that works");

	/* a right that the window does not give */
	wr = request(DSA_OP_FETCH_ADD, &local, 8, base, second);
	CHECK_IS(run(&a.client, &wr), IBV_WC_REM_ACCESS_ERR, "an atomic that was not granted");
	CHECK_IS(dsa_query_qp(a.client.qp, &stranger.attributes), 0, "a failed access");
	CHECK_IS(stranger.attributes.state, IBV_QPS_ERR, "ends the queue pair");

	/* another queue pair of the same domain */
	{
		struct dsa_connection_parameters p = parameters(NULL, 0, 16);
		struct dsa_qp_attributes attributes = { .max_send_wr = 16, .max_recv_wr = 16 };
		struct end client = { .channel = a.client.channel };
		struct dsa_cm_event event;
		int64_t server_qp;

		resolve(&client, a.port);
		furnish(&client, &best);
		CHECK_IS(dsa_connect(client.id, &p), 0, "a second connection");
		expect_event(a.server.channel, RDMA_CM_EVENT_CONNECT_REQUEST, &event);
		server_qp = dsa_create_qp(event.cm_id, a.server.pd, a.server.cq, a.server.cq, &attributes, 0, DSA_SEND_OPS_BEST);
		CHECK(server_qp > 0, "in the same domain");
		CHECK_IS(dsa_bind_mw(server_qp, old, memory.mr, base, MIB, rights, 2, 0, &unchanged), -ENOTCONN, "binds nothing before it is connected");
		CHECK_IS(dsa_accept(event.cm_id, &p), 0, "is accepted");
		CHECK_IS(dsa_bind_mw(server_qp, old, memory.mr, base, MIB, rights, 2, 0, &unchanged), 0, "binds a window that is older than it");
		other = event.cm_id;
		expect_event(client.channel, RDMA_CM_EVENT_ESTABLISHED, &event);
		struct region mine = region_new(client.pd, 4096, 0);

		wr = request(DSA_OP_WRITE, &mine, 64, base, second);
		CHECK_IS(run(&client, &wr), IBV_WC_REM_ACCESS_ERR, "a stolen window key is useless on it");
		region_free(&mine);
		end_close(&client);
		dsa_destroy_id(other);
		CHECK_IS(dsa_dealloc_mw(old), 0, "that window outlives it");
	}

	/* revoke by freeing */
	other = dsa_alloc_mw(b.server.pd, 1, NULL);
	{
		struct region target = region_new(b.server.pd, MIB, IBV_ACCESS_MW_BIND);

		CHECK_IS(dsa_bind_mw(b.server.qp, other, target.mr, (uintptr_t)target.memory, MIB, rights, 1, DSA_WR_SIGNALED, &first), 0, "another window");
		complete(b.server.cq);
		wr = request(DSA_OP_WRITE, &local2, 64, (uintptr_t)target.memory, first);
		CHECK_IS(run(&b.client, &wr), IBV_WC_SUCCESS, "it works");
		CHECK_IS(dsa_dealloc_mw(other), 0, "it is freed while bound");
		CHECK_IS(dsa_dealloc_mw(other), -EBADF, "once");
		CHECK_IS(run(&b.client, &wr), IBV_WC_REM_ACCESS_ERR, "the next access fails");
		region_free(&target);
	}
	CHECK_IS(dsa_dealloc_mw(mw), 0, "the first window is freed");
	CHECK_IS(dsa_dereg_mr(memory.mr), 0, "now the region goes");
	CHECK_IS(dsa_dereg_mr(memory.mr), -EBADF, "once");
	munmap(memory.memory, memory.length);
	region_free(&local);
	region_free(&local2);
	pair_close(&a);
	pair_close(&b);
}

/* The queue pair that bound a window goes first. */
void destroy__bound_window(void)
{
	struct region memory;
	struct pair pair;
	uint32_t rkey;
	int64_t begin, mw;

	if (!pair_open(&pair, &best))
		return;
	memory = region_new(pair.server.pd, MIB, IBV_ACCESS_MW_BIND);
	mw = dsa_alloc_mw(pair.server.pd, 1, NULL);
	dsa_bind_mw(pair.server.qp, mw, memory.mr, (uintptr_t)memory.memory, MIB, IBV_ACCESS_REMOTE_READ, 1, DSA_WR_SIGNALED, &rkey);
	CHECK_IS(complete(pair.server.cq).status, IBV_WC_SUCCESS, "a window is bound");
	begin = now_ms();
	CHECK_IS(dsa_destroy_qp(pair.server.id), 0, "its queue pair is destroyed");
	CHECK(now_ms() - begin < 1000, "in %" PRId64 " ms", now_ms() - begin);
	CHECK_IS(dsa_bind_mw(pair.server.qp, mw, memory.mr, (uintptr_t)memory.memory, MIB, IBV_ACCESS_REMOTE_READ, 1, 0, &rkey), -EBADF,
		 "which binds no more");
	CHECK_IS(dsa_dealloc_mw(mw), 0, "then the window");
	region_free(&memory);
	pair_close(&pair);
}
