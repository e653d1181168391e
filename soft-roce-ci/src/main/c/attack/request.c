/* SPDX-License-Identifier: Apache-2.0 */
#include "attack.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define COMPLETION_NS UINT64_C(15000000000)
#define BATCH 16

/* How a request is posted: what the words behind its name mean is said in main.c. Returns how many requests that were. */
struct request {
	const char *name;
	size_t words;
	uint64_t (*post)(struct attacker *attacker, struct ibv_qp_ex *qp, const uint64_t *words);
};

/*
 * The same memory in each piece; a length that is more than there is, is claimed all the same. All pieces are as long, since
 * rdma-core's rxe provider (as of 56) takes each for as long as the first.
 */
static void set_pieces(struct attacker *attacker, struct ibv_qp_ex *qp, uint64_t length, uint64_t pieces)
{
	struct ibv_sge elements[MAX_PIECES];
	size_t n = length ? (size_t)(pieces < MAX_PIECES ? pieces : MAX_PIECES) : 0;

	for (size_t i = 0; i < n; i++) {
		elements[i] = (struct ibv_sge){
			.addr = (uintptr_t)attacker->region->addr, .length = (uint32_t)(length / n), .lkey = attacker->region->lkey,
		};
	}
	ibv_wr_set_sge_list(qp, n, elements);
}

/* Every request is signaled, so that completions can be counted. */
static void begin(struct attacker *attacker, struct ibv_qp_ex *qp)
{
	qp->wr_id = attacker->next_wr_id++;
	qp->wr_flags = IBV_SEND_SIGNALED;
}

static uint64_t post_read(struct attacker *attacker, struct ibv_qp_ex *qp, const uint64_t *words)
{
	begin(attacker, qp);
	ibv_wr_rdma_read(qp, (uint32_t)words[0], words[1]);
	set_pieces(attacker, qp, words[2], words[3]);
	return 1;
}

static uint64_t post_reads(struct attacker *attacker, struct ibv_qp_ex *qp, const uint64_t *words)
{
	uint64_t n = words[3] < SEND_DEPTH ? words[3] : SEND_DEPTH;

	for (uint64_t i = 0; i < n; i++) {
		begin(attacker, qp);
		ibv_wr_rdma_read(qp, (uint32_t)words[0], words[1]);
		set_pieces(attacker, qp, words[2], 1);
	}
	return n;
}

static uint64_t post_write(struct attacker *attacker, struct ibv_qp_ex *qp, const uint64_t *words)
{
	begin(attacker, qp);
	ibv_wr_rdma_write(qp, (uint32_t)words[0], words[1]);
	set_pieces(attacker, qp, words[2], words[3]);
	return 1;
}

static uint64_t post_write_imm(struct attacker *attacker, struct ibv_qp_ex *qp, const uint64_t *words)
{
	begin(attacker, qp);
	ibv_wr_rdma_write_imm(qp, (uint32_t)words[0], words[1], htonl(1));
	set_pieces(attacker, qp, words[2], 1);
	return 1;
}

static uint64_t post_fetch_add(struct attacker *attacker, struct ibv_qp_ex *qp, const uint64_t *words)
{
	begin(attacker, qp);
	ibv_wr_atomic_fetch_add(qp, (uint32_t)words[0], words[1], 1);
	set_pieces(attacker, qp, sizeof(uint64_t), 1);
	return 1;
}

static uint64_t post_compare_swap(struct attacker *attacker, struct ibv_qp_ex *qp, const uint64_t *words)
{
	begin(attacker, qp);
	ibv_wr_atomic_cmp_swp(qp, (uint32_t)words[0], words[1], 0, UINT64_MAX);
	set_pieces(attacker, qp, sizeof(uint64_t), 1);
	return 1;
}

static uint64_t post_atomic_write(struct attacker *attacker, struct ibv_qp_ex *qp, const uint64_t *words)
{
	static const uint64_t value = UINT64_MAX;

	begin(attacker, qp);
	ibv_wr_atomic_write(qp, (uint32_t)words[0], words[1], &value);
	return 1;
}

static uint64_t post_flush(struct attacker *attacker, struct ibv_qp_ex *qp, const uint64_t *words)
{
	begin(attacker, qp);
	ibv_wr_flush(qp, (uint32_t)words[0], words[1], words[2], (uint8_t)words[3], (uint8_t)words[4]);
	return 1;
}

static uint64_t post_send(struct attacker *attacker, struct ibv_qp_ex *qp, const uint64_t *words)
{
	begin(attacker, qp);
	ibv_wr_send(qp);
	set_pieces(attacker, qp, words[0], 1);
	return 1;
}

static uint64_t post_send_imm(struct attacker *attacker, struct ibv_qp_ex *qp, const uint64_t *words)
{
	begin(attacker, qp);
	ibv_wr_send_imm(qp, htonl(1));
	set_pieces(attacker, qp, words[0], 1);
	return 1;
}

static uint64_t post_send_inv(struct attacker *attacker, struct ibv_qp_ex *qp, const uint64_t *words)
{
	begin(attacker, qp);
	ibv_wr_send_inv(qp, (uint32_t)words[0]);
	set_pieces(attacker, qp, words[1], 1);
	return 1;
}

static const struct request requests[] = {
	{ "read", 4, post_read },
	{ "reads", 4, post_reads },
	{ "write", 4, post_write },
	{ "write-imm", 3, post_write_imm },
	{ "fetch-add", 2, post_fetch_add },
	{ "compare-swap", 2, post_compare_swap },
	{ "atomic-write", 2, post_atomic_write },
	{ "flush", 5, post_flush },
	{ "send", 1, post_send },
	{ "send-imm", 1, post_send_imm },
	{ "send-inv", 2, post_send_inv },
};

static const struct request *find(const char *name, size_t words)
{
	for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
		if (!strcmp(requests[i].name, name))
			return requests[i].words == words ? &requests[i] : NULL;
	}
	return NULL;
}

/* What became of the last n requests: of the first one that failed, or of all. Completions of earlier connections are passed over. */
static const char *await_completions(struct attacker *attacker, uint64_t n)
{
	static const struct timespec pause = { .tv_nsec = 100000 };
	uint64_t first = attacker->next_wr_id - n, deadline = now_ns() + COMPLETION_NS;
	enum ibv_wc_status status = IBV_WC_SUCCESS;
	struct ibv_wc wcs[BATCH];

	while (n > 0) {
		int polled = ibv_poll_cq(attacker->completions, BATCH, wcs);

		if (polled < 0)
			fail("poll a completion queue");
		for (int i = 0; i < polled; i++) {
			if (wcs[i].wr_id < first)
				continue;
			if (status == IBV_WC_SUCCESS)
				status = wcs[i].status;
			n--;
		}
		if (!polled && now_ns() > deadline)
			return "no completion";
		if (!polled)
			nanosleep(&pause, NULL);
	}
	return ibv_wc_status_str(status);
}

static void note_psn(struct attacker *attacker)
{
	struct ibv_qp_init_attr init;
	struct ibv_qp_attr attributes;

	if (!ibv_query_qp(attacker->qp, &attributes, IBV_QP_SQ_PSN, &init))
		attacker->last_psn = attributes.sq_psn;
}

bool ask(struct attacker *attacker, const char *name, const uint64_t *words, size_t count)
{
	const struct request *request = find(name, count);
	struct ibv_qp_ex *qp;
	char text[ANSWER];
	uint64_t n;
	int rc;

	if (!request)
		return false;
	if (!attacker->qp) {
		answer(name, "not connected");
		return true;
	}
	note_psn(attacker);
	qp = ibv_qp_to_qp_ex(attacker->qp);
	ibv_wr_start(qp);
	n = request->post(attacker, qp, words);
	rc = ibv_wr_complete(qp);
	if (rc) {
		snprintf(text, sizeof(text), "not posted: %s", strerror(rc < 0 ? -rc : rc));
		answer(name, text);
	} else {
		answer(name, await_completions(attacker, n));
	}
	return true;
}
