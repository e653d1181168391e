/* SPDX-License-Identifier: Apache-2.0 */
#include "floor.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static void *map(const char *device, uint64_t offset, uint64_t length)
{
	int fd = open(device, O_RDWR | O_CLOEXEC);
	void *memory;

	if (fd < 0)
		fail(device);
	memory = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED, fd, (off_t)offset);
	if (memory == MAP_FAILED)
		fail(device);
	close(fd);
	return memory;
}

static uint32_t bind_window(struct rdma_cm_id *id, struct ibv_mr *region, struct ibv_mw *window)
{
	struct ibv_qp_ex *qp = ibv_qp_to_qp_ex(id->qp);
	struct ibv_mw_bind_info bind = {
		.mr = region,
		.addr = (uintptr_t)region->addr,
		.length = region->length,
		.mw_access_flags = IBV_ACCESS_REMOTE_READ | IBV_ACCESS_REMOTE_WRITE | FLUSH_BOTH,
	};
	uint32_t rkey = ibv_inc_rkey(window->rkey);

	ibv_wr_start(qp);
	qp->wr_flags = IBV_SEND_SIGNALED;
	ibv_wr_bind_mw(qp, window, rkey, &bind);
	need_zero(ibv_wr_complete(qp), "bind a window");
	(void)next_completion(id);
	return rkey;
}

static void send_grant(struct rdma_cm_id *id, struct grant *grant)
{
	struct ibv_mr *region = ibv_reg_mr(id->qp->pd, grant, sizeof(*grant), IBV_ACCESS_LOCAL_WRITE);
	struct ibv_qp_ex *qp = ibv_qp_to_qp_ex(id->qp);

	need(region, "register the grant");
	ibv_wr_start(qp);
	qp->wr_flags = IBV_SEND_SIGNALED;
	ibv_wr_send(qp);
	ibv_wr_set_sge(qp, region->lkey, (uintptr_t)grant, sizeof(*grant));
	need_zero(ibv_wr_complete(qp), "send the grant");
	(void)next_completion(id);
	ibv_dereg_mr(region);
}

static void serve_one(struct rdma_event_channel *channel, void *memory, uint64_t length)
{
	struct rdma_cm_id *id = expect_event(channel, RDMA_CM_EVENT_CONNECT_REQUEST);
	struct rdma_conn_param parameters = connection_parameters();
	struct grant grant = { .address = (uintptr_t)memory, .length = length };
	struct ibv_comp_channel *completions;
	struct ibv_mr *region;
	struct ibv_mw *window;
	struct ibv_pd *pd;
	struct ibv_cq *cq;

	make_queue_pair(id, 4);
	completions = id->recv_cq_channel;
	pd = id->qp->pd;
	cq = id->qp->send_cq;
	/* No right of remote access: only the window has one. */
	region = ibv_reg_mr(pd, memory, length, IBV_ACCESS_LOCAL_WRITE | IBV_ACCESS_MW_BIND | FLUSH_BOTH);
	need(region, "register the memory");
	window = ibv_alloc_mw(pd, IBV_MW_TYPE_2);
	need(window, "make a window");
	need_zero(rdma_accept(id, &parameters), "accept");
	(void)expect_event(channel, RDMA_CM_EVENT_ESTABLISHED);
	grant.rkey = bind_window(id, region, window);
	send_grant(id, &grant);
	(void)expect_event(channel, RDMA_CM_EVENT_DISCONNECTED);
	rdma_disconnect(id);
	need_zero(ibv_dealloc_mw(window), "free a window");
	rdma_destroy_qp(id);
	ibv_destroy_cq(cq);
	ibv_dereg_mr(region);
	ibv_destroy_comp_channel(completions);
	ibv_dealloc_pd(pd);
	rdma_destroy_id(id);
}

void serve(const char *address, const char *port, const char *device, uint64_t offset, uint64_t length)
{
	struct rdma_addrinfo hints = { .ai_flags = RAI_PASSIVE, .ai_port_space = RDMA_PS_TCP };
	struct rdma_event_channel *channel = rdma_create_event_channel();
	void *memory = map(device, offset, length);
	struct rdma_addrinfo *found;
	struct rdma_cm_id *listener;

	need(channel, "open the RDMA connection manager");
	need_zero(rdma_getaddrinfo(address, port, &hints, &found), address);
	need_zero(rdma_create_id(channel, &listener, NULL, RDMA_PS_TCP), "make an id");
	need_zero(rdma_bind_addr(listener, found->ai_src_addr), address);
	need_zero(rdma_listen(listener, 4), "listen");
	printf("listening\n");
	fflush(stdout);
	while (1)
		serve_one(channel, memory, length);
}
