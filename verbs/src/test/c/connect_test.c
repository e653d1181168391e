/* SPDX-License-Identifier: Apache-2.0 */

/* connect_test.c - connections that are made, refused and ended */

#include "verbs_test.h"

#include "check.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

void connect__private_data(struct pair *pair)
{
	struct dsa_qp_attributes at_client, at_server;
	const uint32_t access = REMOTE_ALL | FLUSH_ALL;
	struct sockaddr_in peer;
	char data[256];
	uint32_t event;
	int32_t status;

	CHECK_IS(pair->request.listener, pair->listener, "a request names its listener");
	CHECK(pair->request.cm_id > 0 && pair->request.cm_id != pair->listener, "and a new id");
	CHECK_IS(pair->request.private_data_length, 56, "56 bytes come with a request");
	CHECK(memcmp(pair->request.private_data, hello, sizeof(hello)) == 0, "the client's");
	CHECK(pair->established_at_client.private_data_length >= sizeof(welcome) &&
		      memcmp(pair->established_at_client.private_data, welcome, sizeof(welcome)) == 0,
	      "%u bytes come back, the server's", pair->established_at_client.private_data_length);
	CHECK(dsa_private_data(pair->server.id, data, sizeof(data)) == 56 && memcmp(data, hello, 56) == 0, "they stay readable at the server");
	CHECK(dsa_private_data(pair->client.id, data, 4) >= 196 && memcmp(data, welcome, 4) == 0, "and at the client, in part too");
	CHECK_IS(dsa_event_status(pair->client.id, &event, &status), 0, "the last event is known");
	CHECK(event == RDMA_CM_EVENT_ESTABLISHED && status == 0, "established");
	CHECK(pair->request.responder_resources == 128 && pair->request.initiator_depth == 128, "a request offers depth %u/%u",
	      pair->request.responder_resources, pair->request.initiator_depth);
	CHECK_IS(dsa_query_qp(pair->client.qp, &at_client) | dsa_query_qp(pair->server.qp, &at_server), 0, "both queue pairs can be queried");
	CHECK(at_client.state == IBV_QPS_RTS && at_server.state == IBV_QPS_RTS, "both are ready to send");
	CHECK((at_client.access & access) == access, "the client's gives the peer %#x", at_client.access);
	CHECK((at_server.access & access) == access, "the server's gives the peer %#x", at_server.access);
	CHECK(at_client.max_rd_atomic > 1 && at_server.max_dest_rd_atomic > 1, "READ depth %u/%u", at_client.max_rd_atomic,
	      at_server.max_dest_rd_atomic);
	CHECK(at_client.peer_qp_num == at_server.qp_num && at_server.peer_qp_num == at_client.qp_num, "they know each other");
	CHECK_IS(at_client.retry_count, 7, "retry count is as asked for");
	CHECK(at_client.max_inline_data >= 64 && at_client.max_send_sge >= 4 && at_client.max_send_wr >= 64, "capabilities are granted");
	CHECK(at_client.send_ops & DSA_SEND_OP_FLUSH && at_client.send_ops & DSA_SEND_OP_BIND_MW && at_client.send_ops & DSA_SEND_OP_ATOMIC_WRITE,
	      "with operations %#" PRIx64, at_client.send_ops);
	CHECK(dsa_peer_address(pair->client.id, &peer, sizeof(peer)) == sizeof(peer) && ntohs(peer.sin_port) == pair->port, "the peer has an address");
	CHECK_IS(dsa_create_qp(pair->client.id, pair->client.pd, pair->client.cq, pair->client.cq, &at_client, 0, 0), -EEXIST,
		 "an id has one queue pair");
}

void connect__refused(struct pair *pair)
{
	struct dsa_connection_parameters p = parameters("knock", 5, 1);
	static const char no[148] = "no, thank you";
	struct end client = { .channel = pair->client.channel };
	struct dsa_cm_event event;
	struct sockaddr_in nowhere = address(1);
	uint32_t last;
	int32_t status;

	/* rejected by the program */
	resolve(&client, pair->port);
	furnish(&client, &best);
	CHECK_IS(dsa_connect(client.id, &p), 0, "a knock");
	expect_event(pair->server.channel, RDMA_CM_EVENT_CONNECT_REQUEST, &event);
	CHECK(memcmp(event.private_data, "knock", 6) == 0, "is heard");
	CHECK_IS(dsa_accept(event.cm_id, &p), -ENOTCONN, "accept without a queue pair");
	CHECK_IS(dsa_reject(event.cm_id, no, 149), -EINVAL, "149 bytes of refusal");
	CHECK_IS(dsa_reject(event.cm_id, NULL, 1), -EFAULT, "refusal from nowhere");
	CHECK_IS(dsa_reject(event.cm_id, no, sizeof(no)), 0, "148 bytes of refusal");
	dsa_destroy_id(event.cm_id);
	expect_event(client.channel, RDMA_CM_EVENT_REJECTED, &event);
	CHECK(event.status == 28 && event.cm_id == client.id, "the client is rejected, reason %d", event.status);
	CHECK(event.private_data_length == 148 && memcmp(event.private_data, no, 148) == 0, "with %u bytes", event.private_data_length);
	CHECK(dsa_event_status(client.id, &last, &status) == 0 && last == RDMA_CM_EVENT_REJECTED && status == 28, "which is remembered");
	end_close(&client);

	/* rejected by destroying the request */
	client = (struct end){ .channel = pair->client.channel };
	resolve(&client, pair->port);
	furnish(&client, &best);
	dsa_connect(client.id, &p);
	expect_event(pair->server.channel, RDMA_CM_EVENT_CONNECT_REQUEST, &event);
	dsa_destroy_id(event.cm_id);
	expect_event(client.channel, RDMA_CM_EVENT_REJECTED, &event);
	CHECK(event.status != 0, "a destroyed request is rejected, reason %d", event.status);
	end_close(&client);

	/* nobody there */
	client = (struct end){ .channel = pair->client.channel };
	resolve(&client, 1);
	furnish(&client, &best);
	dsa_connect(client.id, &p);
	expect_event(client.channel, RDMA_CM_EVENT_REJECTED, &event);
	CHECK(event.status == 8, "nobody listens, reason %d", event.status);
	end_close(&client);

	/* no way there */
	client = (struct end){ .channel = pair->client.channel, .id = dsa_create_id(pair->client.channel) };
	inet_pton(AF_INET, "203.0.113.1", &nowhere.sin_addr);
	status = dsa_resolve_addr(client.id, NULL, 0, &nowhere, sizeof(nowhere), 500);
	if (status == 0) {
		expect_event(client.channel, RDMA_CM_EVENT_ADDR_ERROR, &event);
		status = event.status;
	}
	CHECK(status < 0, "no route: %s", strerror(-status));
	CHECK_IS(dsa_resolve_addr(client.id, NULL, 0, &nowhere, sizeof(nowhere), 0), -EINVAL, "no time");
	CHECK_IS(dsa_resolve_addr(client.id, NULL, 0, NULL, 0, 1), -EFAULT, "no destination");
	dsa_destroy_id(client.id);

	/* from a given address */
	client = (struct end){ .channel = pair->client.channel, .id = dsa_create_id(pair->client.channel) };
	struct sockaddr_in from = address(0), to = address(pair->port);

	CHECK_IS(dsa_resolve_addr(client.id, &from, sizeof(from), &to, sizeof(to), TIMEOUT_MS), 0, "from a given address");
	expect_event(client.channel, RDMA_CM_EVENT_ADDR_RESOLVED, &event);
	CHECK(dsa_context(client.id) == pair->context, "the same device has the same id");
	dsa_destroy_id(client.id);
}

void disconnect__events(void)
{
	struct dsa_cm_event event;
	struct pair pair;
	struct ibv_wc wc;

	if (!pair_open(&pair, &best))
		return;
	dsa_post_recv(pair.server.qp, &(struct dsa_receive_request){ .wr_id = 5 }, 1, NULL);
	CHECK_IS(dsa_disconnect(pair.client.id), 0, "the client disconnects");
	expect_event(pair.server.channel, RDMA_CM_EVENT_DISCONNECTED, &event);
	CHECK_IS(event.cm_id, pair.server.id, "the server hears of it");
	CHECK_IS(dsa_disconnect(pair.server.id), 0, "and disconnects in turn");
	expect_event(pair.client.channel, RDMA_CM_EVENT_DISCONNECTED, &event);
	CHECK_IS(event.cm_id, pair.client.id, "now the client hears of it");
	wc = complete(pair.server.cq);
	CHECK(wc.status == IBV_WC_WR_FLUSH_ERR && wc.wr_id == 5 && wc.qp_num == pair.server.attributes.qp_num, "the posted receive is flushed");
	pair_close(&pair);
}
