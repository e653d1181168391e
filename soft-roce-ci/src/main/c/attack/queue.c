/* SPDX-License-Identifier: Apache-2.0 */
#include "attack.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MEMORY 65536
#define EVENT_MS 20000

/*
 * The kernel looks for a neighbour's answer at the end of this time only, when it came too soon; so the time is short, and
 * there are many.
 */
#define RESOLVE_MS 100
#define RESOLVE_TRIES 50

/* 4.096 us * 2^18 = 1.07 s, six times: longer than an emulated server is busy, shorter than COMPLETION_NS of request.c. */
#define ACK_TIMEOUT 18
#define RETRIES 5

#define SEND_OPS                                                                                                               \
	(IBV_QP_EX_WITH_RDMA_READ | IBV_QP_EX_WITH_RDMA_WRITE | IBV_QP_EX_WITH_RDMA_WRITE_WITH_IMM | IBV_QP_EX_WITH_SEND |     \
	 IBV_QP_EX_WITH_SEND_WITH_IMM | IBV_QP_EX_WITH_SEND_WITH_INV | IBV_QP_EX_WITH_ATOMIC_CMP_AND_SWP |                     \
	 IBV_QP_EX_WITH_ATOMIC_FETCH_AND_ADD | IBV_QP_EX_WITH_ATOMIC_WRITE | IBV_QP_EX_WITH_FLUSH)

/* Waits for that event. False, and what came instead in words. */
static bool expect_event(struct attacker *attacker, enum rdma_cm_event_type kind, int milliseconds, char why[ANSWER])
{
	struct pollfd waiting = { .fd = attacker->channel->fd, .events = POLLIN };
	struct rdma_cm_event *event;
	bool came;

	if (poll(&waiting, 1, milliseconds) == 0) {
		snprintf(why, ANSWER, "no answer");
		return false;
	}
	need_zero(rdma_get_cm_event(attacker->channel, &event), "wait for a connection event");
	came = event->event == kind;
	if (!came)
		describe_event(event, why);
	rdma_ack_cm_event(event);
	return came;
}

static bool resolve(struct attacker *attacker, struct sockaddr_in *to, char why[ANSWER])
{
	bool resolved = false;

	for (int i = 0; i < RESOLVE_TRIES && !resolved; i++) {
		need_zero(rdma_resolve_addr(attacker->id, NULL, (struct sockaddr *)to, RESOLVE_MS), "resolve the server's address");
		resolved = expect_event(attacker, RDMA_CM_EVENT_ADDR_RESOLVED, EVENT_MS, why);
	}
	if (!resolved)
		return false;
	need_zero(rdma_resolve_route(attacker->id, EVENT_MS), "resolve the route to the server");
	return expect_event(attacker, RDMA_CM_EVENT_ROUTE_RESOLVED, EVENT_MS, why);
}

/* What all connections use, made with the device of the first. */
static void make_common(struct attacker *attacker)
{
	void *memory = aligned_alloc(4096, MEMORY);

	need(memory, "allocate memory");
	memset(memory, 'm', MEMORY);
	attacker->domain = ibv_alloc_pd(attacker->id->verbs);
	need(attacker->domain, "make a protection domain");
	attacker->completions = ibv_create_cq(attacker->id->verbs, 2 * SEND_DEPTH, NULL, NULL, 0);
	need(attacker->completions, "make a completion queue");
	attacker->region = ibv_reg_mr(attacker->domain, memory, MEMORY, IBV_ACCESS_LOCAL_WRITE);
	need(attacker->region, "register memory");
}

static void make_queue_pair(struct attacker *attacker)
{
	struct ibv_qp_init_attr_ex attributes = {
		.cap = { .max_send_wr = SEND_DEPTH, .max_recv_wr = 1, .max_send_sge = MAX_PIECES, .max_recv_sge = 1 },
		.qp_type = IBV_QPT_RC,
		.send_cq = attacker->completions,
		.recv_cq = attacker->completions,
		.pd = attacker->domain,
		.comp_mask = IBV_QP_INIT_ATTR_PD | IBV_QP_INIT_ATTR_SEND_OPS_FLAGS,
		.send_ops_flags = SEND_OPS,
	};

	attacker->qp = ibv_create_qp_ex(attacker->id->verbs, &attributes);
	need(attacker->qp, "make a queue pair that can ask for everything");
}

/* How the connection manager would bring the queue pair into a state. */
static void terms(struct attacker *attacker, enum ibv_qp_state state, struct ibv_qp_attr *attributes, int *mask)
{
	memset(attributes, 0, sizeof(*attributes));
	attributes->qp_state = state;
	need_zero(rdma_init_qp_attr(attacker->id, attributes, mask), "ask for a queue pair's attributes");
}

static int bring_up(struct attacker *attacker)
{
	int rc = ibv_modify_qp(attacker->qp, &attacker->receive, attacker->receive_mask);

	return rc ? rc : ibv_modify_qp(attacker->qp, &attacker->send, attacker->send_mask);
}

/* As agreed upon, but for the READs in flight, of which there are as many as this end's device can, and for its patience. */
static void bring_up_first(struct attacker *attacker)
{
	struct ibv_device_attr device;

	need_zero(ibv_query_device(attacker->id->verbs, &device), "query the device");
	terms(attacker, IBV_QPS_RTR, &attacker->receive, &attacker->receive_mask);
	terms(attacker, IBV_QPS_RTS, &attacker->send, &attacker->send_mask);
	attacker->send.max_rd_atomic =
		(uint8_t)(device.max_qp_init_rd_atom < device.max_qp_rd_atom ? device.max_qp_init_rd_atom : device.max_qp_rd_atom);
	attacker->send.timeout = ACK_TIMEOUT;
	attacker->send.retry_cnt = RETRIES;
	attacker->send.rnr_retry = 0;
	attacker->send_mask |= IBV_QP_MAX_QP_RD_ATOMIC | IBV_QP_TIMEOUT | IBV_QP_RETRY_CNT | IBV_QP_RNR_RETRY;
	need_zero(bring_up(attacker), "bring the queue pair up");
}

static bool establish(struct attacker *attacker, const struct private_data *data, uint8_t initiator_depth, char why[ANSWER])
{
	struct rdma_conn_param parameters = {
		.private_data = data->length ? data->bytes : NULL,
		.private_data_len = data->length,
		.responder_resources = 1,
		.initiator_depth = initiator_depth,
		.retry_count = RETRIES,
		.rnr_retry_count = 0,
		.qp_num = attacker->qp->qp_num,
	};

	terms(attacker, IBV_QPS_INIT, &attacker->init, &attacker->init_mask);
	need_zero(ibv_modify_qp(attacker->qp, &attacker->init, attacker->init_mask), "bring the queue pair up");
	if (rdma_connect(attacker->id, &parameters)) {
		snprintf(why, ANSWER, "not posted: %s", strerror(errno));
		return false;
	}
	if (!expect_event(attacker, RDMA_CM_EVENT_CONNECT_RESPONSE, EVENT_MS, why))
		return false;
	bring_up_first(attacker);
	if (rdma_establish(attacker->id)) {
		snprintf(why, ANSWER, "not established: %s", strerror(errno));
		return false;
	}
	return true;
}

static void free_connection(struct attacker *attacker)
{
	if (attacker->qp)
		ibv_destroy_qp(attacker->qp);
	attacker->qp = NULL;
	rdma_destroy_id(attacker->id);
	attacker->id = NULL;
}

bool connect_queue(struct attacker *attacker, uint16_t port, const struct private_data *data, uint8_t initiator_depth, char why[ANSWER])
{
	struct sockaddr_in to = attacker->server;

	to.sin_port = htons(port);
	need_zero(rdma_create_id(attacker->channel, &attacker->id, NULL, RDMA_PS_TCP), "make an id");
	if (!resolve(attacker, &to, why)) {
		free_connection(attacker);
		return false;
	}
	if (!attacker->domain)
		make_common(attacker);
	make_queue_pair(attacker);
	if (!establish(attacker, data, initiator_depth, why)) {
		free_connection(attacker);
		return false;
	}
	return true;
}

int revive_queue(struct attacker *attacker)
{
	struct ibv_qp_attr reset = { .qp_state = IBV_QPS_RESET };
	int rc = ibv_modify_qp(attacker->qp, &reset, IBV_QP_STATE);

	if (!rc)
		rc = ibv_modify_qp(attacker->qp, &attacker->init, attacker->init_mask);
	attacker->send.sq_psn = attacker->last_psn;
	return rc ? rc : bring_up(attacker);
}

bool await_end(struct attacker *attacker, int milliseconds, char why[ANSWER])
{
	return expect_event(attacker, RDMA_CM_EVENT_DISCONNECTED, milliseconds, why);
}

void disconnect_queue(struct attacker *attacker)
{
	if (!attacker->id)
		return;
	/* Fails where the server was first. */
	(void)rdma_disconnect(attacker->id);
	free_connection(attacker);
}
