/* SPDX-License-Identifier: Apache-2.0 */
#include "floor.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

struct rdma_cm_id *expect_event(struct rdma_event_channel *channel, enum rdma_cm_event_type kind)
{
	struct rdma_cm_event *event;
	struct rdma_cm_id *id;

	need_zero(rdma_get_cm_event(channel, &event), "wait for a connection event");
	if (event->event != kind) {
		fprintf(stderr, "verbs_floor: %s where %s was expected\n", rdma_event_str(event->event), rdma_event_str(kind));
		exit(1);
	}
	id = event->id;
	rdma_ack_cm_event(event);
	return id;
}

void make_queue_pair(struct rdma_cm_id *id, uint32_t depth)
{
	struct ibv_qp_init_attr_ex attributes = {
		.cap = { .max_send_wr = 2 * depth, .max_recv_wr = 1, .max_send_sge = 1, .max_recv_sge = 1 },
		.qp_type = IBV_QPT_RC,
		.comp_mask = IBV_QP_INIT_ATTR_PD | IBV_QP_INIT_ATTR_SEND_OPS_FLAGS,
		.send_ops_flags = IBV_QP_EX_WITH_RDMA_READ | IBV_QP_EX_WITH_RDMA_WRITE | IBV_QP_EX_WITH_FLUSH | IBV_QP_EX_WITH_SEND |
				  IBV_QP_EX_WITH_BIND_MW,
	};
	struct ibv_qp_attr access = {
		.qp_access_flags = IBV_ACCESS_LOCAL_WRITE | IBV_ACCESS_REMOTE_READ | IBV_ACCESS_REMOTE_WRITE | FLUSH_BOTH,
	};
	struct ibv_comp_channel *channel = ibv_create_comp_channel(id->verbs);

	need(channel, "make a completion channel");
	attributes.pd = ibv_alloc_pd(id->verbs);
	need(attributes.pd, "make a protection domain");
	attributes.send_cq = ibv_create_cq(id->verbs, (int)(2 * depth + 2), NULL, channel, 0);
	need(attributes.send_cq, "make a completion queue");
	attributes.recv_cq = attributes.send_cq;
	need_zero(rdma_create_qp_ex(id, &attributes), "make a queue pair that can flush");
	need_zero(ibv_modify_qp(id->qp, &access, IBV_QP_ACCESS_FLAGS), "let the queue pair flush");
	id->recv_cq_channel = channel;
}

struct rdma_conn_param connection_parameters(void)
{
	/* 255 stands for as many as both devices can. */
	return (struct rdma_conn_param){
		.responder_resources = RDMA_MAX_RESP_RES, .initiator_depth = RDMA_MAX_INIT_DEPTH, .retry_count = 7, .rnr_retry_count = 7,
	};
}

struct ibv_wc next_completion(struct rdma_cm_id *id)
{
	struct ibv_wc wc;
	int n;

	do
		n = ibv_poll_cq(id->qp->send_cq, 1, &wc);
	while (n == 0);
	if (n < 0)
		fail("poll a completion queue");
	if (wc.status != IBV_WC_SUCCESS) {
		errno = 0;
		fail(ibv_wc_status_str(wc.status));
	}
	return wc;
}
