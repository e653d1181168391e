/* SPDX-License-Identifier: Apache-2.0 */

/* pair.c - pair.h says what these do */

#include "pair.h"

#include "check.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

const char *address_text = "10.9.0.1";
const struct options best = { .send_ops = DSA_SEND_OPS_BEST, .max_send_wr = 64, .max_send_sge = 4, .cq_depth = 256, .depth = 255 };
const char hello[56] = "from the client";
const char welcome[196] = "from the server";

struct sockaddr_in address(uint16_t port)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons(port) };

	inet_pton(AF_INET, address_text, &in.sin_addr);
	return in;
}

int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000) + t.tv_nsec / 1000000;
}

bool expect_event(int64_t channel, uint32_t kind, struct dsa_cm_event *event)
{
	int rc = dsa_get_cm_event(channel, event, TIMEOUT_MS);

	if (rc == 1 && event->event == kind)
		return true;
	return CHECK(false, "event %u expected: got %d, event %u, status %d", kind, rc, event->event, event->status);
}

int64_t listen_on(int64_t channel, uint16_t *port)
{
	struct sockaddr_in any_port = address(0);
	int64_t listener = dsa_create_id(channel);
	int rc = dsa_bind_addr(listener, &any_port, sizeof(any_port));

	if (!rc)
		rc = dsa_listen(listener, 16);
	if (rc)
		CHECK(false, "listen: %s", strerror(-rc));
	*port = (uint16_t)dsa_get_port(listener);
	return listener;
}

bool resolve(struct end *client, uint16_t port)
{
	struct sockaddr_in to = address(port);
	struct dsa_cm_event event;

	client->id = dsa_create_id(client->channel);
	if (dsa_resolve_addr(client->id, NULL, 0, &to, sizeof(to), TIMEOUT_MS) ||
	    !expect_event(client->channel, RDMA_CM_EVENT_ADDR_RESOLVED, &event))
		return false;
	return dsa_resolve_route(client->id, TIMEOUT_MS) == 0 && expect_event(client->channel, RDMA_CM_EVENT_ROUTE_RESOLVED, &event);
}

void furnish(struct end *end, const struct options *options)
{
	int64_t context = dsa_context(end->id);

	end->pd = dsa_alloc_pd(context);
	end->comp_channel = dsa_create_comp_channel(context);
	end->cq = dsa_create_cq(context, end->comp_channel, (int32_t)options->cq_depth, 0);
	end->attributes = (struct dsa_qp_attributes){
		.max_send_wr = options->max_send_wr,
		.max_recv_wr = 32,
		.max_send_sge = options->max_send_sge,
		.max_recv_sge = 2,
		.max_inline_data = 64,
	};
	end->qp = dsa_create_qp(end->id, end->pd, end->cq, end->cq, &end->attributes, 0, options->send_ops);
	if (end->qp < 0)
		CHECK(false, "queue pair: %s", strerror((int)-end->qp));
}

struct dsa_connection_parameters parameters(const char *data, uint32_t length, uint8_t depth)
{
	return (struct dsa_connection_parameters){
		.private_data = (uintptr_t)data,
		.private_data_length = length,
		.responder_resources = depth,
		.initiator_depth = depth,
		.retry_count = 7,
		.rnr_retry_count = 6,
	};
}

bool pair_open(struct pair *pair, const struct options *options)
{
	struct dsa_connection_parameters to_server = parameters(hello, sizeof(hello), options->depth);
	struct dsa_connection_parameters to_client = parameters(welcome, sizeof(welcome), options->depth);
	int rc;

	memset(pair, 0, sizeof(*pair));
	pair->server.channel = dsa_create_event_channel();
	pair->client.channel = dsa_create_event_channel();
	pair->listener = listen_on(pair->server.channel, &pair->port);
	if (!resolve(&pair->client, pair->port))
		return false;
	pair->context = dsa_context(pair->client.id);
	furnish(&pair->client, options);
	rc = dsa_connect(pair->client.id, &to_server);
	if (rc)
		return CHECK(false, "connect: %s", strerror(-rc));
	if (!expect_event(pair->server.channel, RDMA_CM_EVENT_CONNECT_REQUEST, &pair->request))
		return false;
	pair->server.id = pair->request.cm_id;
	furnish(&pair->server, options);
	rc = dsa_accept(pair->server.id, &to_client);
	if (rc)
		return CHECK(false, "accept: %s", strerror(-rc));
	return expect_event(pair->client.channel, RDMA_CM_EVENT_ESTABLISHED, &pair->established_at_client) &&
	       expect_event(pair->server.channel, RDMA_CM_EVENT_ESTABLISHED, &pair->established_at_server);
}

int end_close(struct end *end)
{
	int failed = 0;

	if (end->id > 0)
		failed += dsa_destroy_id(end->id) != 0;
	if (end->cq > 0)
		failed += dsa_destroy_cq(end->cq) != 0;
	if (end->comp_channel > 0)
		failed += dsa_destroy_comp_channel(end->comp_channel) != 0;
	if (end->pd > 0)
		failed += dsa_dealloc_pd(end->pd) != 0;
	return failed;
}

void pair_close(struct pair *pair)
{
	int failed = end_close(&pair->client) + end_close(&pair->server);

	failed += dsa_destroy_id(pair->listener) != 0;
	failed += dsa_destroy_event_channel(pair->client.channel) != 0;
	failed += dsa_destroy_event_channel(pair->server.channel) != 0;
	if (failed)
		CHECK(false, "%d objects could not be destroyed", failed);
}

struct region region_on(int64_t pd, void *memory, uint64_t length, uint32_t access)
{
	struct region region = { .memory = memory, .length = length };

	region.mr = dsa_reg_mr(pd, (uintptr_t)memory, length, access, &region.lkey, &region.rkey);
	if (region.mr < 0)
		CHECK(false, "register %" PRIu64 " bytes: %s", length, strerror((int)-region.mr));
	return region;
}

struct region region_new(int64_t pd, uint64_t length, uint32_t access)
{
	void *memory = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return region_on(pd, memory, length, access | IBV_ACCESS_LOCAL_WRITE);
}

void region_free(struct region *region)
{
	int rc = dsa_dereg_mr(region->mr);

	if (rc)
		CHECK(false, "deregister: %s", strerror(-rc));
	munmap(region->memory, region->length);
}

struct ibv_wc complete(int64_t cq)
{
	struct ibv_wc wc = { .status = (enum ibv_wc_status) - 1 };
	int64_t end = now_ms() + TIMEOUT_MS;

	while (dsa_poll_cq(cq, &wc, 1) == 0 && now_ms() < end)
		usleep(100);
	return wc;
}

struct dsa_work_request request(uint8_t opcode, const struct region *local, uint32_t length, uint64_t remote, uint32_t rkey)
{
	return (struct dsa_work_request){
		.wr_id = 0x1234567800000000u | opcode,
		.opcode = opcode,
		.num_sge = local ? 1 : 0,
		.flags = DSA_WR_SIGNALED,
		.remote_address = remote,
		.rkey = rkey,
		.address = local ? (uintptr_t)local->memory : 0,
		.length = length,
		.lkey = local ? local->lkey : 0,
	};
}

int run(const struct end *end, const struct dsa_work_request *wr)
{
	int rc = dsa_post(end->qp, wr, 1);
	struct ibv_wc wc;

	if (rc)
		return rc;
	wc = complete(end->cq);
	if (wc.status == IBV_WC_SUCCESS && (wc.wr_id != wr->wr_id || wc.qp_num != end->attributes.qp_num))
		return -EPROTO;
	return (int)wc.status;
}
