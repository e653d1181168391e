/* SPDX-License-Identifier: Apache-2.0 */

/* post_test.c - every kind of request, and its errors */

#include "verbs_test.h"

#include "check.h"

#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void post__data(struct pair *pair)
{
	struct region local = region_new(pair->client.pd, MIB, 0);
	struct region remote = region_new(pair->server.pd, MIB, REMOTE_ALL);
	uint64_t base = (uintptr_t)remote.memory;
	uint64_t *words = remote.memory, *mine = local.memory;
	const uint32_t room = pair->client.attributes.max_send_wr;
	struct dsa_work_request wr, *many, wrs[16];
	struct ibv_sge list[4];
	struct ibv_wc wc;

	memset(local.memory, 0x5a, 4096);
	wr = request(DSA_OP_WRITE, &local, 4096, base + 8192, remote.rkey);
	CHECK_IS(run(&pair->client, &wr), IBV_WC_SUCCESS, "WRITE of 4 KiB");
	CHECK(memcmp((char *)remote.memory + 8192, local.memory, 4096) == 0, "the bytes are there");
	memset((char *)remote.memory + 8192, 0x33, 4096);
	wr = request(DSA_OP_READ, &local, 4096, base + 8192, remote.rkey);
	CHECK_IS(run(&pair->client, &wr), IBV_WC_SUCCESS, "READ of 4 KiB");
	CHECK(((char *)local.memory)[4095] == 0x33, "the bytes came");
	wr = request(DSA_OP_WRITE, NULL, 0, 0, 0);
	CHECK_IS(run(&pair->client, &wr), IBV_WC_SUCCESS, "WRITE of nothing to nowhere, a probe of life");

	words[0] = 40;
	wr = request(DSA_OP_FETCH_ADD, &local, 8, base, remote.rkey);
	wr.operand = 2;
	CHECK_IS(run(&pair->client, &wr), IBV_WC_SUCCESS, "fetch and add");
	CHECK(mine[0] == 40 && words[0] == 42, "old value 40, new value 42");
	wr = request(DSA_OP_COMPARE_SWAP, &local, 8, base, remote.rkey);
	wr.operand = 42;
	wr.swap = 7;
	CHECK_IS(run(&pair->client, &wr), IBV_WC_SUCCESS, "compare and swap");
	CHECK(mine[0] == 42 && words[0] == 7, "it matched");
	CHECK_IS(run(&pair->client, &wr), IBV_WC_SUCCESS, "compare and swap again");
	CHECK(mine[0] == 7 && words[0] == 7, "it did not match");
	wr = request(DSA_OP_ATOMIC_WRITE, NULL, 0, base + 16, remote.rkey);
	wr.operand = 0x1122334455667788;
	CHECK_IS(run(&pair->client, &wr), IBV_WC_SUCCESS, "atomic write");
	CHECK(words[2] == 0x1122334455667788, "all 8 bytes");

	memset(local.memory, 0, 64);
	memcpy(local.memory, "inline", 6);
	wr = request(DSA_OP_WRITE, &local, 6, base + 64, remote.rkey);
	wr.flags |= DSA_WR_INLINE;
	wr.lkey = 0xdead;
	CHECK_IS(run(&pair->client, &wr), IBV_WC_SUCCESS, "an inline WRITE");
	CHECK(memcmp((char *)remote.memory + 64, "inline", 6) == 0, "needs no region");
	for (uint32_t i = 0; i < 4; i++)
		list[i] = (struct ibv_sge){ .addr = (uintptr_t)local.memory + 1000 * i, .length = 3, .lkey = local.lkey };
	for (int i = 0; i < 4; i++)
		memcpy((char *)local.memory + 1000 * i, &"abcdefghijkl"[3 * i], 3);
	wr = request(DSA_OP_WRITE, &local, 0, base + 128, remote.rkey);
	wr.num_sge = 4;
	wr.address = (uintptr_t)list;
	CHECK_IS(run(&pair->client, &wr), IBV_WC_SUCCESS, "a WRITE of four elements");
	CHECK(memcmp((char *)remote.memory + 128, "abcdefghijkl", 12) == 0, "in their order");
	wr.flags |= DSA_WR_INLINE;
	wr.remote_address += 64;
	CHECK_IS(run(&pair->client, &wr), IBV_WC_SUCCESS, "the same inline");
	CHECK(memcmp((char *)remote.memory + 192, "abcdefghijkl", 12) == 0, "in their order too");
	memset((char *)remote.memory + 256, 0, 16);
	list[0].length = 1;
	wr.flags &= ~(uint32_t)DSA_WR_INLINE;
	wr.remote_address += 64;
	CHECK_IS(run(&pair->client, &wr), IBV_WC_SUCCESS, "a WRITE of elements of different lengths");
	CHECK(memcmp((char *)remote.memory + 256, "adefghijkl\0\0\0\0\0", 16) == 0, "all of each");
	wr.opcode = DSA_OP_READ;
	memset(local.memory, 0, 4000);
	CHECK_IS(run(&pair->client, &wr), IBV_WC_SUCCESS, "a READ into them");
	CHECK(memcmp(local.memory, "a\0", 3) == 0 && memcmp((char *)local.memory + 3000, "jkl\0", 5) == 0, "all of each, and no more");
	wrs[0] = wr;
	wrs[1] = request(DSA_OP_ATOMIC_WRITE, NULL, 0, base + 16, remote.rkey);
	CHECK_IS(dsa_post(pair->client.qp, wrs, 2), -EOPNOTSUPP, "such a request beside an atomic write");
	memcpy(local.memory, "abc", 3);

	/* one doorbell, one signal */
	for (int i = 0; i < 16; i++) {
		wrs[i] = request(DSA_OP_WRITE, &local, 1, base + 4096 + (uint64_t)i, remote.rkey);
		wrs[i].flags = i == 15 ? DSA_WR_SIGNALED : 0;
		wrs[i].wr_id = 100 + (uint64_t)i;
	}
	CHECK_IS(dsa_post(pair->client.qp, wrs, 16), 0, "16 requests under one doorbell");
	wc = complete(pair->client.cq);
	CHECK(wc.status == IBV_WC_SUCCESS && wc.wr_id == 115, "one completion, of the last");
	CHECK(memcmp((char *)remote.memory + 4096, "aaaaaaaaaaaaaaaa", 16) == 0, "all 16 arrived");
	CHECK_IS(dsa_post(pair->client.qp, NULL, 0), 0, "nothing to post");
	CHECK_IS(dsa_post(pair->client.qp, NULL, 1), -EFAULT, "no requests");

	/* all or none */
	memset(remote.memory, 0, 4096);
	wrs[0] = request(DSA_OP_WRITE, &local, 1, base, remote.rkey);
	wrs[1] = request(DSA_OP_WRITE, &local, 1, base, remote.rkey);
	wrs[1].opcode = 8;
	CHECK_IS(dsa_post(pair->client.qp, wrs, 2), -EINVAL, "an opcode of its own call");
	wrs[1].opcode = 99;
	CHECK_IS(dsa_post(pair->client.qp, wrs, 2), -EINVAL, "an opcode that there is not");
	wrs[1].opcode = DSA_OP_WRITE;
	wrs[1].num_sge = 5;
	wrs[1].address = (uintptr_t)list;
	CHECK_IS(dsa_post(pair->client.qp, wrs, 2), -EINVAL, "more elements than granted");
	wrs[1].num_sge = 2;
	wrs[1].address = 0;
	CHECK_IS(dsa_post(pair->client.qp, wrs, 2), -EFAULT, "no elements");
	wrs[1] = request(DSA_OP_WRITE, &local, 100000, base, remote.rkey);
	wrs[1].flags = DSA_WR_INLINE;
	CHECK_IS(dsa_post(pair->client.qp, wrs, 2), -EINVAL, "more inline than granted");
	wrs[1].flags = 0x10;
	CHECK_IS(dsa_post(pair->client.qp, wrs, 2), -EINVAL, "a flag that there is not");
	wrs[1] = request(DSA_OP_FETCH_ADD, &local, 8, base + 4, remote.rkey);
	CHECK_IS(dsa_post(pair->client.qp, wrs, 2), -EINVAL, "an unaligned atomic");
	wrs[1] = request(DSA_OP_FETCH_ADD, &local, 16, base, remote.rkey);
	CHECK_IS(dsa_post(pair->client.qp, wrs, 2), -EINVAL, "an atomic of 16 bytes");
	wrs[1] = request(DSA_OP_ATOMIC_WRITE, NULL, 0, base + 1, remote.rkey);
	CHECK_IS(dsa_post(pair->client.qp, wrs, 2), -EINVAL, "an unaligned atomic write");
	wrs[1] = request(DSA_OP_FLUSH, NULL, 1, base, remote.rkey);
	CHECK_IS(dsa_post(pair->client.qp, wrs, 2), -EINVAL, "a FLUSH of no type");
	wrs[1].flush_type = DSA_FLUSH_GLOBAL;
	wrs[1].flush_level = 2;
	CHECK_IS(dsa_post(pair->client.qp, wrs, 2), -EINVAL, "a FLUSH of no level");
	many = calloc(room + 1, sizeof(*many));
	for (uint32_t i = 0; i <= room; i++) {
		many[i] = request(DSA_OP_WRITE, &local, 1, base, remote.rkey);
		many[i].flags = i == room - 1 ? DSA_WR_SIGNALED : 0;
	}
	CHECK_IS(dsa_post(pair->client.qp, many, 0xffffffff), -ENOMEM, "4 G requests");
	CHECK_IS(dsa_post(pair->client.qp, many, room + 1), -ENOMEM, "one more than the queue holds");
	usleep(20000);
	CHECK(words[0] == 0, "nothing of all this was sent");
	CHECK_IS(dsa_poll_cq(pair->client.cq, &wc, 1), 0, "nothing of all this completed");
	CHECK_IS(dsa_post(pair->client.qp, many, room), 0, "as many as the queue holds");
	CHECK_IS(complete(pair->client.cq).status, IBV_WC_SUCCESS, "complete");
	CHECK(words[0] != 0, "and are sent");

	CHECK_IS(dsa_poll_cq(pair->client.cq, &wc, -1), -EINVAL, "a negative number of completions");
	CHECK_IS(dsa_poll_cq(pair->client.cq, NULL, 1), -EFAULT, "no place for completions");
	CHECK_IS(dsa_poll_cq(pair->client.cq, NULL, 0), 0, "no completions asked for");
	CHECK_IS(dsa_spin_cq(pair->client.cq, &wc, 1, 1000, NULL), 0, "none comes however often one looks");
	CHECK_IS(dsa_spin_cq(pair->client.cq, &wc, 1, 0, NULL), -EINVAL, "less than one look");
	CHECK_IS(dsa_spin_cq(pair->client.cq, NULL, 1, 2, NULL), -EFAULT, "no place for completions");
	CHECK_IS(dsa_spin_cq(pair->client.cq, NULL, 0, 2, NULL), 0, "no completions asked for");
	CHECK_IS(dsa_post(pair->client.qp, &many[room - 1], 1), 0, "one more request");
	CHECK_IS(dsa_spin_cq(pair->client.cq, &wc, 1, INT32_MAX, NULL), 1, "the look ends with its completion");
	CHECK_IS(wc.status, IBV_WC_SUCCESS, "complete");
	free(many);
	region_free(&local);
	region_free(&remote);
}

struct flicker {
	struct ibv_sge *elements;
	atomic_bool stop;
};

static void *flicker(void *argument)
{
	struct flicker *flicker = argument;

	while (!atomic_load(&flicker->stop))
		for (int i = 0; i < 4; i++)
			*(volatile uint32_t *)&flicker->elements[i].length = *(volatile uint32_t *)&flicker->elements[i].length == 8 ? 4000 : 8;
	return NULL;
}

/* Elements that change while they are posted must not be gathered past the end of the room for them. */
void post__changing_elements(struct pair *pair)
{
	struct region local = region_new(pair->client.pd, 32768, 0);
	struct region remote = region_new(pair->server.pd, 32768, REMOTE_ALL);
	struct ibv_sge list[4];
	struct flicker flickering = { .elements = list };
	struct dsa_work_request wr = request(DSA_OP_WRITE, &local, 0, (uintptr_t)remote.memory, remote.rkey);
	unsigned taken = 0, refused = 0, odd = 0;
	struct ibv_wc wc[16];
	pthread_t thread;

	for (uint32_t i = 0; i < 4; i++)
		list[i] = (struct ibv_sge){ .addr = (uintptr_t)local.memory + 4096 * i, .length = 8, .lkey = local.lkey };
	wr.num_sge = 4;
	wr.address = (uintptr_t)list;
	wr.flags |= DSA_WR_INLINE;
	pthread_create(&thread, NULL, flicker, &flickering);
	/* Where there is one processor only, both are seen once the other thread has had its turn. */
	for (int i = 0; i < 20000 || ((taken == 0 || refused == 0) && i < 50000000); i++) {
		int rc = dsa_post(pair->client.qp, &wr, 1);

		taken += rc == 0;
		refused += rc == -EINVAL;
		odd += rc != 0 && rc != -EINVAL && rc != -ENOMEM;
		dsa_poll_cq(pair->client.cq, wc, 16);
	}
	flickering.stop = true;
	pthread_join(thread, NULL);
	CHECK(taken > 0 && refused > 0 && odd == 0, "elements that change: %u posts taken, %u refused, %u odd", taken, refused, odd);
	usleep(200000);
	while (dsa_poll_cq(pair->client.cq, wc, 16) > 0)
		;
	for (int i = 0; i < 4; i++)
		list[i].length = 8;
	CHECK_IS(run(&pair->client, &wr), IBV_WC_SUCCESS, "the queue pair is as good as before");
	region_free(&local);
	region_free(&remote);
}

void post__messages(struct pair *pair)
{
	struct region local = region_new(pair->client.pd, 4096, 0);
	struct region remote = region_new(pair->server.pd, 4096, IBV_ACCESS_REMOTE_WRITE);
	struct dsa_receive_request receives[3] = {
		{ .wr_id = 1, .address = (uintptr_t)remote.memory, .length = 64, .lkey = remote.lkey, .num_sge = 1 },
		{ .wr_id = 2, .num_sge = 0 },
		{ .wr_id = 3, .num_sge = 99 },
	};
	struct ibv_sge list[2] = {
		{ .addr = (uintptr_t)remote.memory + 100, .length = 2, .lkey = remote.lkey },
		{ .addr = (uintptr_t)remote.memory + 200, .length = 62, .lkey = remote.lkey },
	};
	struct dsa_work_request wr;
	struct ibv_wc wc;
	uint32_t posted = 77;
	int64_t cq;

	CHECK_IS(dsa_post_recv(pair->server.qp, receives, 3, &posted), -EINVAL, "receives, the last with too many elements");
	CHECK_IS(posted, 2, "two were posted");
	receives[2] = (struct dsa_receive_request){ .wr_id = 3, .address = (uintptr_t)list, .num_sge = 2 };
	CHECK_IS(dsa_post_recv(pair->server.qp, &receives[2], 1, NULL), 0, "one of two elements");
	CHECK_IS(dsa_req_notify_cq(pair->server.cq, 0), 0, "notification is asked for");
	memcpy(local.memory, "message", 8);
	wr = request(DSA_OP_SEND_IMM, &local, 8, 0, 0);
	wr.imm_data = htonl(0x01020304);
	CHECK_IS(run(&pair->client, &wr), IBV_WC_SUCCESS, "SEND with immediate data");
	CHECK_IS(dsa_wait_cq_event(pair->server.comp_channel, &cq, TIMEOUT_MS), 1, "the receiver has an event");
	CHECK_IS(cq, pair->server.cq, "of its queue");
	wc = complete(pair->server.cq);
	CHECK(wc.status == IBV_WC_SUCCESS && wc.wr_id == 1 && wc.opcode == IBV_WC_RECV && wc.byte_len == 8 && wc.imm_data == htonl(0x01020304),
	      "and a completion with it");
	CHECK(memcmp(remote.memory, "message", 8) == 0, "the message came");
	wr = request(DSA_OP_WRITE_IMM, &local, 8, (uintptr_t)remote.memory + 512, remote.rkey);
	wr.imm_data = htonl(9);
	CHECK_IS(run(&pair->client, &wr), IBV_WC_SUCCESS, "WRITE with immediate data");
	wc = complete(pair->server.cq);
	CHECK(wc.wr_id == 2 && wc.opcode == IBV_WC_RECV_RDMA_WITH_IMM && wc.imm_data == htonl(9), "takes a receive");
	wr = request(DSA_OP_SEND, &local, 8, 0, 0);
	CHECK_IS(run(&pair->client, &wr), IBV_WC_SUCCESS, "SEND");
	wc = complete(pair->server.cq);
	CHECK(wc.wr_id == 3 && memcmp((char *)remote.memory + 100, "me", 2) == 0 && memcmp((char *)remote.memory + 200, "ssage", 6) == 0,
	      "into two elements");
	CHECK_IS(dsa_post_recv(pair->server.qp, NULL, 1, &posted), -EFAULT, "no receives");
	CHECK_IS(posted, 0, "none posted");
	region_free(&local);
	region_free(&remote);
}
