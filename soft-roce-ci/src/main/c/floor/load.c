/* SPDX-License-Identifier: Apache-2.0 */
#include "floor.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define BATCH 32
#define TIMEOUT_MS 3000

struct client {
	struct rdma_cm_id *id;
	struct ibv_mr *region;
	struct grant grant;
	const struct load *load;
	uint64_t *started;
	uint64_t random;
	uint32_t ready; /* the slot whose request is built */
};

static void receive_grant(struct client *client, struct ibv_mr *region)
{
	struct ibv_sge sge = { .addr = (uintptr_t)&client->grant, .length = sizeof(client->grant), .lkey = region->lkey };
	struct ibv_recv_wr wr = { .sg_list = &sge, .num_sge = 1 }, *bad;

	need_zero(ibv_post_recv(client->id->qp, &wr, &bad), "post a receive");
}

static void connect_to(struct client *client, const char *address, const char *port)
{
	struct rdma_event_channel *channel = rdma_create_event_channel();
	struct rdma_addrinfo hints = { .ai_port_space = RDMA_PS_TCP }, *found;
	struct rdma_conn_param parameters = connection_parameters();
	size_t bytes = (size_t)client->load->block * (client->load->depth + 1);
	struct ibv_mr *grant;
	void *memory;

	need(channel, "open the RDMA connection manager");
	need_zero(rdma_getaddrinfo(address, port, &hints, &found), address);
	need_zero(rdma_create_id(channel, &client->id, NULL, RDMA_PS_TCP), "make an id");
	need_zero(rdma_resolve_addr(client->id, NULL, found->ai_dst_addr, TIMEOUT_MS), address);
	(void)expect_event(channel, RDMA_CM_EVENT_ADDR_RESOLVED);
	need_zero(rdma_resolve_route(client->id, TIMEOUT_MS), address);
	(void)expect_event(channel, RDMA_CM_EVENT_ROUTE_RESOLVED);
	make_queue_pair(client->id, client->load->depth + 1);
	memory = aligned_alloc(4096, (bytes + 4095) / 4096 * 4096);
	need(memory, "allocate the buffers");
	client->region = ibv_reg_mr(client->id->qp->pd, memory, bytes, IBV_ACCESS_LOCAL_WRITE);
	need(client->region, "register the buffers");
	grant = ibv_reg_mr(client->id->qp->pd, &client->grant, sizeof(client->grant), IBV_ACCESS_LOCAL_WRITE);
	need(grant, "register the grant");
	receive_grant(client, grant);
	need_zero(rdma_connect(client->id, &parameters), "connect");
	(void)expect_event(channel, RDMA_CM_EVENT_ESTABLISHED);
	(void)next_completion(client->id);
	ibv_dereg_mr(grant);
	if (client->grant.length < client->load->block) {
		errno = 0;
		fail("the server's memory is smaller than one block");
	}
}

/* xorshift64: which block is next costs next to nothing. */
static uint64_t next_offset(struct client *client)
{
	client->random ^= client->random << 13;
	client->random ^= client->random >> 7;
	client->random ^= client->random << 17;
	return client->random % (client->grant.length / client->load->block) * client->load->block;
}

/* As dsa bench, where it spins, and perftest do, so that only the doorbell is missing when another request completes. */
static void build(struct client *client, uint32_t slot)
{
	struct ibv_qp_ex *qp = ibv_qp_to_qp_ex(client->id->qp);
	uint64_t remote = client->grant.address + next_offset(client);
	uint64_t local = (uintptr_t)client->region->addr + (uint64_t)slot * client->load->block;
	enum operation operation = client->load->operation;

	ibv_wr_start(qp);
	qp->wr_id = slot;
	qp->wr_flags = operation == DURABLE_WRITE ? 0 : IBV_SEND_SIGNALED;
	if (operation == READ)
		ibv_wr_rdma_read(qp, client->grant.rkey, remote);
	else
		ibv_wr_rdma_write(qp, client->grant.rkey, remote);
	ibv_wr_set_sge(qp, client->region->lkey, local, client->load->block);
	if (operation == DURABLE_WRITE) {
		qp->wr_flags = IBV_SEND_SIGNALED;
		ibv_wr_flush(qp, client->grant.rkey, remote, client->load->block, IBV_FLUSH_PERSISTENT, IBV_FLUSH_RANGE);
	}
	client->ready = slot;
}

static void post_ready(struct client *client)
{
	client->started[client->ready] = now_ns();
	need_zero(ibv_wr_complete(ibv_qp_to_qp_ex(client->id->qp)), "post a request");
}

static int poll(struct ibv_cq *cq, struct ibv_wc *wcs)
{
	int n = ibv_poll_cq(cq, BATCH, wcs);

	if (n < 0)
		fail("poll a completion queue");
	return n;
}

/* Returns with at least one completion. */
static int await(struct client *client, struct ibv_wc *wcs)
{
	struct ibv_cq *cq = client->id->qp->send_cq, *event_cq;
	void *context;
	int n = poll(cq, wcs);

	while (n == 0) {
		if (client->load->wait == BLOCK) {
			need_zero(ibv_req_notify_cq(cq, 0), "arm a completion queue");
			n = poll(cq, wcs);
			if (n > 0)
				break;
			need_zero(ibv_get_cq_event(client->id->recv_cq_channel, &event_cq, &context), "wait for a completion event");
			ibv_ack_cq_events(event_cq, 1);
		}
		n = poll(cq, wcs);
	}
	return n;
}

void run_load(const char *address, const char *port, const struct load *load)
{
	struct client client = { .load = load, .random = 88172645463325252u };
	struct samples samples = { 0 };
	struct ibv_wc wcs[BATCH];
	uint64_t warm, over, first, last = 0;
	uint32_t in_flight;

	client.started = calloc(load->depth + 1, sizeof(*client.started));
	need(client.started, "allocate");
	connect_to(&client, address, port);
	warm = now_ns() + load->warm_up * UINT64_C(1000000000);
	over = warm + load->seconds * UINT64_C(1000000000);
	first = warm;
	build(&client, 0);
	for (in_flight = 0; in_flight < load->depth; in_flight++) {
		post_ready(&client);
		build(&client, in_flight + 1);
	}
	while (in_flight > 0) {
		int n = await(&client, wcs);
		uint64_t now = now_ns();

		for (int i = 0; i < n; i++) {
			uint32_t slot = (uint32_t)wcs[i].wr_id;
			uint64_t started = client.started[slot];
			bool more = now < over;

			if (wcs[i].status != IBV_WC_SUCCESS) {
				errno = 0;
				fail(ibv_wc_status_str(wcs[i].status));
			}
			/* The next request first, then the accounts of this one. */
			if (more)
				post_ready(&client);
			else
				in_flight--;
			if (started >= warm) {
				samples_add(&samples, now - started);
				last = now;
			} else if (now > warm) {
				/* Until then the device had what is not counted to do. */
				first = now;
			}
			if (more)
				build(&client, slot);
		}
	}
	ibv_wr_abort(ibv_qp_to_qp_ex(client.id->qp));
	rdma_disconnect(client.id);
	if (!samples.count) {
		errno = 0;
		fail("nothing completed in the time");
	}
	samples_print(&samples, (double)(last - first) / 1e9);
}
