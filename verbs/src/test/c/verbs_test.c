/* SPDX-License-Identifier: Apache-2.0 */

/*
 * verbs_test.c - every extension, and its errors, on a real RDMA device
 *
 *   verbs_test [ADDRESS [DAX-DEVICE]]       default: 10.9.0.1 /dev/dax0.0
 *
 * Both ends of every connection are in this process. Needs root or CAP_IPC_LOCK and a device that can what SoftRoCE can.
 */

#include "check.h"
#include "dsa_verbs.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <infiniband/verbs.h>
#include <netinet/in.h>
#include <pthread.h>
#include <rdma/rdma_cma.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define TIMEOUT_MS 5000
#define MIB (UINT64_C(1) << 20)
#define GIB (UINT64_C(1) << 30)
#define REMOTE_ALL (IBV_ACCESS_REMOTE_WRITE | IBV_ACCESS_REMOTE_READ | IBV_ACCESS_REMOTE_ATOMIC)
#define FLUSH_ALL (IBV_ACCESS_FLUSH_GLOBAL | IBV_ACCESS_FLUSH_PERSISTENT)

static const char *address_text = "10.9.0.1";
static const char *dax_path = "/dev/dax0.0";

static struct sockaddr_in address(uint16_t port)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons(port) };

	inet_pton(AF_INET, address_text, &in.sin_addr);
	return in;
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000) + t.tv_nsec / 1000000;
}

/* ---- one end, two ends */

struct end {
	int64_t channel, id, pd, comp_channel, cq, qp;
	struct dsa_qp_attributes attributes;
};

struct pair {
	int64_t listener;
	uint16_t port;
	int64_t context;
	struct end server, client;
	struct dsa_cm_event request, established_at_client, established_at_server;
};

struct options {
	uint64_t send_ops;
	uint32_t max_send_wr, max_send_sge, cq_depth;
	uint8_t depth;
};

static const struct options best = { .send_ops = DSA_SEND_OPS_BEST, .max_send_wr = 64, .max_send_sge = 4, .cq_depth = 256, .depth = 255 };

static bool expect_event(int64_t channel, uint32_t kind, struct dsa_cm_event *event)
{
	int rc = dsa_get_cm_event(channel, event, TIMEOUT_MS);

	if (rc == 1 && event->event == kind)
		return true;
	return CHECK(false, "event %u expected: got %d, event %u, status %d", kind, rc, event->event, event->status);
}

static int64_t listen_on(int64_t channel, uint16_t *port)
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

static bool resolve(struct end *client, uint16_t port)
{
	struct sockaddr_in to = address(port);
	struct dsa_cm_event event;

	client->id = dsa_create_id(client->channel);
	if (dsa_resolve_addr(client->id, NULL, 0, &to, sizeof(to), TIMEOUT_MS) ||
	    !expect_event(client->channel, RDMA_CM_EVENT_ADDR_RESOLVED, &event))
		return false;
	return dsa_resolve_route(client->id, TIMEOUT_MS) == 0 && expect_event(client->channel, RDMA_CM_EVENT_ROUTE_RESOLVED, &event);
}

static void furnish(struct end *end, const struct options *options)
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

static struct dsa_connection_parameters parameters(const char *data, uint32_t length, uint8_t depth)
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

static const char hello[56] = "from the client";
static const char welcome[196] = "from the server";

/* Connects; the caller checks what came. */
static bool pair_open(struct pair *pair, const struct options *options)
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

static int end_close(struct end *end)
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

static void pair_close(struct pair *pair)
{
	int failed = end_close(&pair->client) + end_close(&pair->server);

	failed += dsa_destroy_id(pair->listener) != 0;
	failed += dsa_destroy_event_channel(pair->client.channel) != 0;
	failed += dsa_destroy_event_channel(pair->server.channel) != 0;
	if (failed)
		CHECK(false, "%d objects could not be destroyed", failed);
}

/* ---- regions and completions */

struct region {
	void *memory;
	uint64_t length;
	int64_t mr;
	uint32_t lkey, rkey;
};

static struct region region_on(int64_t pd, void *memory, uint64_t length, uint32_t access)
{
	struct region region = { .memory = memory, .length = length };

	region.mr = dsa_reg_mr(pd, (uintptr_t)memory, length, access, &region.lkey, &region.rkey);
	if (region.mr < 0)
		CHECK(false, "register %" PRIu64 " bytes: %s", length, strerror((int)-region.mr));
	return region;
}

static struct region region_new(int64_t pd, uint64_t length, uint32_t access)
{
	void *memory = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return region_on(pd, memory, length, access | IBV_ACCESS_LOCAL_WRITE);
}

static void region_free(struct region *region)
{
	int rc = dsa_dereg_mr(region->mr);

	if (rc)
		CHECK(false, "deregister: %s", strerror(-rc));
	munmap(region->memory, region->length);
}

/* One completion, or status -1 after the time is over. */
static struct ibv_wc complete(int64_t cq)
{
	struct ibv_wc wc = { .status = (enum ibv_wc_status) - 1 };
	int64_t end = now_ms() + TIMEOUT_MS;

	while (dsa_poll_cq(cq, &wc, 1) == 0 && now_ms() < end)
		usleep(100);
	return wc;
}

static struct dsa_work_request request(uint8_t opcode, const struct region *local, uint32_t length, uint64_t remote, uint32_t rkey)
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

/* Posts and waits; the status of the completion, or -errno of the post. */
static int run(const struct end *end, const struct dsa_work_request *wr)
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

/* ---- the tests */

static void layout__known(void)
{
	CHECK_IS(dsa_abi_version(), DSA_ABI_VERSION, "version of the interface");
	CHECK_IS(dsa_layout("dsa_work_request"), sizeof(struct dsa_work_request), "size of a work request");
	CHECK_IS(dsa_layout("dsa_work_request.rkey"), 24, "offset of its rkey");
	CHECK_IS(dsa_layout("dsa_cm_event.private_data"), 40, "offset of private data");
	CHECK_IS(dsa_layout("ibv_wc"), 48, "size of a completion");
	CHECK_IS(dsa_layout("IBV_ACCESS_FLUSH_PERSISTENT"), 512, "a constant");
	CHECK_IS(dsa_layout("no such thing"), -ENOENT, "an unknown name");
	CHECK_IS(dsa_layout(NULL), -EFAULT, "no name");
}

static void ids__refused(void)
{
	int64_t channel = dsa_create_event_channel();
	int64_t bad[] = { 0, -1, INT64_MAX, INT64_MIN, 0x123456789, channel + 1 };
	struct dsa_qp_attributes attributes = { .max_send_wr = 1 };
	struct dsa_device_attributes device;
	struct dsa_async_event async;
	struct dsa_work_request wr = { 0 };
	struct dsa_cm_event event;
	struct sockaddr_in to = address(1);
	struct dsa_connection_parameters p = parameters(NULL, 0, 1);
	uint32_t key, posted;
	char buffer[48];

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		int64_t id = bad[i];
		int64_t results[] = {
			dsa_destroy_event_channel(id), dsa_get_cm_event(id, &event, 0), dsa_wake_channel(id), dsa_create_id(id),
			dsa_destroy_id(id), dsa_bind_addr(id, &to, sizeof(to)), dsa_listen(id, 1),
			dsa_resolve_addr(id, NULL, 0, &to, sizeof(to), 1), dsa_resolve_route(id, 1), dsa_connect(id, &p), dsa_accept(id, &p),
			dsa_reject(id, NULL, 0), dsa_disconnect(id), dsa_set_ack_timeout(id, 1), dsa_set_reuseaddr(id, 1),
			dsa_set_accept_private_data(id, "", 1), dsa_private_data(id, buffer, 1), dsa_event_status(id, NULL, NULL),
			dsa_get_port(id), dsa_local_address(id, buffer, 28), dsa_peer_address(id, buffer, 28), dsa_context(id),
			dsa_query_device(id, &device), dsa_get_async_event(id, &async, 0), dsa_alloc_pd(id), dsa_dealloc_pd(id),
			dsa_reg_mr(id, 4096, 1, 0, &key, &key), dsa_reg_dmabuf_mr(id, 0, 1, 0, 0, 0, &key, &key), dsa_dereg_mr(id),
			dsa_alloc_mw(id, 1, &key), dsa_dealloc_mw(id), dsa_bind_mw(id, id, id, 0, 1, 0, 0, 0, &key),
			dsa_create_comp_channel(id), dsa_destroy_comp_channel(id), dsa_create_cq(id, 0, 1, 0), dsa_destroy_cq(id),
			dsa_poll_cq(id, buffer, 1), dsa_spin_cq(id, buffer, 1, 2, NULL), dsa_req_notify_cq(id, 0), dsa_wait_cq_event(id, NULL, 0),
			dsa_create_qp(id, id, id, id, &attributes, 0, 0), dsa_destroy_qp(id), dsa_query_qp(id, &attributes), dsa_qp_error(id),
			dsa_post(id, &wr, 1), dsa_post_recv(id, NULL, 0, &posted),
		};
		unsigned refused = 0;

		for (size_t k = 0; k < sizeof(results) / sizeof(results[0]); k++) {
			if (results[k] == -EBADF)
				refused++;
			else
				CHECK(false, "call %zu with id %" PRId64 " gave %" PRId64, k, id, results[k]);
		}
		CHECK_IS(refused, sizeof(results) / sizeof(results[0]), "every call refuses a forged id");
	}
	CHECK_IS(dsa_destroy_id(channel), -EBADF, "a channel is no cm id");
	CHECK_IS(dsa_poll_cq(channel, buffer, 1), -EBADF, "nor a completion queue");
	CHECK_IS(dsa_get_cm_event(channel, NULL, 0), -EFAULT, "no place for the event");
	CHECK_IS(dsa_destroy_event_channel(channel), 0, "a channel is destroyed");
	CHECK_IS(dsa_destroy_event_channel(channel), -EBADF, "once");
	CHECK_IS(dsa_create_id(channel), -EBADF, "a stale channel makes no id");
}

static void bind__errors(void)
{
	int64_t channel = dsa_create_event_channel(), first, second = dsa_create_id(channel), wildcard = dsa_create_id(channel);
	struct sockaddr_in in_use, foreign = address(0), any = { .sin_family = AF_INET };
	struct sockaddr_in6 any6 = { .sin6_family = AF_INET6 };
	struct sockaddr_un local = { .sun_family = AF_UNIX };
	struct sockaddr_in got = { 0 };
	uint16_t port;
	int rc;

	first = listen_on(channel, &port);
	CHECK(port != 0, "port 0 became %u", port);
	CHECK_IS(dsa_local_address(first, &got, sizeof(got)), sizeof(got), "a bound id has an address");
	CHECK(ntohs(got.sin_port) == port && got.sin_addr.s_addr == address(0).sin_addr.s_addr, "which is the one asked for");
	CHECK_IS(dsa_local_address(first, &got, 8), -ENOSPC, "that needs room");
	CHECK_IS(dsa_local_address(second, &got, sizeof(got)), 0, "an unbound id has none");
	CHECK_IS(dsa_get_port(second), 0, "and no port");
	CHECK_IS(dsa_context(second), -ENODEV, "and no device");
	in_use = address(port);
	CHECK_IS(dsa_bind_addr(second, &in_use, sizeof(in_use)), -EADDRINUSE, "a port in use");
	inet_pton(AF_INET, "192.0.2.1", &foreign.sin_addr);
	rc = dsa_bind_addr(second, &foreign, sizeof(foreign));
	CHECK(rc == -EADDRNOTAVAIL || rc == -ENODEV, "someone else's address: %s", strerror(-rc));
	CHECK_IS(dsa_bind_addr(second, &any, 4), -EINVAL, "a short address");
	CHECK_IS(dsa_bind_addr(second, &any, 1000), -EINVAL, "a long address");
	CHECK_IS(dsa_bind_addr(second, &any6, 16), -EINVAL, "a short IPv6 address");
	CHECK_IS(dsa_bind_addr(second, &local, sizeof(struct sockaddr_in)), -EAFNOSUPPORT, "a family that there is not");
	CHECK_IS(dsa_bind_addr(second, NULL, 16), -EFAULT, "no address");
	CHECK_IS(dsa_set_reuseaddr(second, 1), 0, "reuseaddr is set");
	CHECK_IS(dsa_set_ack_timeout(second, 32), -EINVAL, "an ACK timeout out of range");
	CHECK_IS(dsa_set_ack_timeout(second, 14), 0, "one in range");
	CHECK_IS(dsa_bind_addr(wildcard, &any6, sizeof(any6)), 0, "the IPv6 wildcard");
	CHECK_IS(dsa_context(wildcard), -ENODEV, "which is bound to no device");
	CHECK(dsa_get_port(wildcard) > 0, "but has port %d", dsa_get_port(wildcard));
	CHECK_IS(dsa_event_status(first, NULL, NULL), -ENODATA, "no event yet");
	CHECK_IS(dsa_private_data(first, NULL, 0), 0, "no private data yet");
	CHECK_IS(dsa_destroy_qp(first), -ENOENT, "no queue pair to destroy");
	CHECK_IS(dsa_resolve_route(first, 0), -EINVAL, "no time to resolve");
	CHECK_IS(dsa_destroy_id(first) | dsa_destroy_id(second) | dsa_destroy_id(wildcard), 0, "ids are destroyed");
	dsa_destroy_event_channel(channel);
}

/* What needs a device, of an id that has none: librdmacm does not look before it uses it. */
static void unbound__refused(void)
{
	int64_t channel = dsa_create_event_channel();
	struct sockaddr_in6 any = { .sin6_family = AF_INET6 };
	struct dsa_connection_parameters p = parameters(NULL, 0, 1);
	struct dsa_qp_attributes attributes = { .max_send_wr = 1 };
	struct sockaddr_in6 got;

	for (int wildcard = 0; wildcard < 2; wildcard++) {
		int64_t id = dsa_create_id(channel);

		if (wildcard)
			CHECK_IS(dsa_bind_addr(id, &any, sizeof(any)), 0, "an id that is bound to no device, instead of one that is not bound");
		CHECK_IS(dsa_resolve_route(id, 100), -ENODEV, "resolves no route");
		CHECK_IS(dsa_connect(id, &p), -ENOTCONN, "does not connect");
		CHECK_IS(dsa_accept(id, &p), -ENOTCONN, "does not accept");
		CHECK_IS(dsa_reject(id, "no", 2), -ENODEV, "does not reject");
		CHECK_IS(dsa_disconnect(id), -ENODEV, "does not disconnect");
		CHECK_IS(dsa_create_qp(id, 1, 1, 1, &attributes, 0, 0), -EBADF, "has no queue pair without a domain");
		CHECK_IS(dsa_destroy_qp(id), -ENOENT, "has none to destroy");
		CHECK_IS(dsa_context(id), -ENODEV, "has no device");
		CHECK(dsa_peer_address(id, &got, sizeof(got)) >= 0, "may be asked for its peer");
		CHECK(dsa_local_address(id, &got, sizeof(got)) >= 0, "may be asked for its address");
		CHECK(dsa_get_port(id) >= 0, "may be asked for its port");
		CHECK_IS(dsa_set_reuseaddr(id, 1) | dsa_set_ack_timeout(id, 14), 0, "takes options");
		CHECK_IS(dsa_destroy_id(id), 0, "and goes");
	}
	dsa_destroy_event_channel(channel);
}

static void device__attributes(struct pair *pair)
{
	struct dsa_device_attributes a;

	CHECK_IS(dsa_query_device(pair->context, &a), 0, "a device is queried");
	CHECK(a.name[0] != 0 && a.max_qp > 0 && a.max_mr_size > 0 && a.max_sge > 0 && a.max_cqe > 0,
	      "device %s: guid %016" PRIx64 " firmware '%s' qp %u cqe %u sge %u rd_atom %u features %#" PRIx64, a.name, a.node_guid, a.firmware,
	      a.max_qp, a.max_cqe, a.max_sge, a.max_qp_rd_atom, a.features);
	CHECK(a.port_state == IBV_PORT_ACTIVE && a.active_mtu >= 256, "port 1 is active, MTU %u", a.active_mtu);
	CHECK((a.features & (DSA_FEATURE_MW_TYPE_2B | DSA_FEATURE_FLUSH_GLOBAL | DSA_FEATURE_FLUSH_PERSISTENT | DSA_FEATURE_ATOMIC_WRITE |
			     DSA_FEATURE_ATOMICS)) ==
		      (DSA_FEATURE_MW_TYPE_2B | DSA_FEATURE_FLUSH_GLOBAL | DSA_FEATURE_FLUSH_PERSISTENT | DSA_FEATURE_ATOMIC_WRITE |
		       DSA_FEATURE_ATOMICS),
	      "it has windows, FLUSH, atomic write and atomics");
	CHECK_IS(dsa_query_device(pair->context, NULL), -EFAULT, "no place for the attributes");
}

static void connect__private_data(struct pair *pair)
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

static void post__data(struct pair *pair)
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

/* One request after another, each posted by the call that finds the one before it complete. */
static void post__chained(struct pair *pair)
{
	struct region local = region_new(pair->client.pd, 4096, 0);
	struct region remote = region_new(pair->server.pd, 4096, IBV_ACCESS_REMOTE_WRITE);
	struct dsa_work_request wr = request(DSA_OP_WRITE, &local, 8, (uintptr_t)remote.memory, remote.rkey);
	struct dsa_work_request next = wr;
	struct dsa_chain chain = { .qp = pair->client.qp, .requests = (uintptr_t)&next, .n = 1 };
	uint64_t *word = remote.memory;
	struct ibv_wc wc;

	/* wr_ids around the end of 64 bits */
	wr.wr_id = UINT64_MAX - 9;
	*(uint64_t *)local.memory = 7;
	CHECK_IS(dsa_post(pair->client.qp, &wr, 1), 0, "a request");
	for (uint64_t i = 1; i <= 20; i++) {
		chain.after = wr.wr_id + i - 1;
		next.wr_id = wr.wr_id + i;
		next.remote_address = (uintptr_t)&word[i];
		CHECK_IS(dsa_spin_cq(pair->client.cq, &wc, 1, INT32_MAX, &chain), 1, "the one before completes");
		CHECK(wc.status == IBV_WC_SUCCESS && wc.wr_id == chain.after, "in its turn");
		CHECK_IS(chain.posted, 1, "the next one is posted");
	}
	CHECK_IS(dsa_spin_cq(pair->client.cq, &wc, 1, INT32_MAX, NULL), 1, "the last one completes");
	for (int i = 0; i <= 20; i++)
		CHECK(word[i] == 7, "request %d has arrived", i);
	CHECK_IS(dsa_spin_cq(pair->client.cq, &wc, 1, 1000, &chain), 0, "nothing more completes");
	CHECK_IS(chain.posted, 0, "so that nothing is posted");

	chain.after = next.wr_id + 2;
	CHECK_IS(dsa_post(pair->client.qp, &next, 1), 0, "a request before the one that is waited for");
	CHECK_IS(dsa_spin_cq(pair->client.cq, &wc, 1, INT32_MAX, &chain), 1, "completes");
	CHECK_IS(chain.posted, 0, "and has nothing posted");

	next.opcode = 99;
	CHECK_IS(dsa_post(pair->client.qp, &wr, 1), 0, "a request before one that is wrong");
	chain.after = wr.wr_id;
	CHECK_IS(dsa_spin_cq(pair->client.cq, &wc, 1, INT32_MAX, &chain), 1, "completes all the same");
	CHECK_IS(chain.posted, -EINVAL, "and the chain says why it was not posted");
	chain.requests = 0;
	CHECK_IS(dsa_post(pair->client.qp, &wr, 1), 0, "a request before none");
	CHECK_IS(dsa_spin_cq(pair->client.cq, &wc, 1, INT32_MAX, &chain), 1, "completes all the same");
	CHECK_IS(chain.posted, -EFAULT, "and the chain says what is missing");
	chain.requests = (uintptr_t)&next;
	chain.qp = pair->client.cq;
	CHECK_IS(dsa_post(pair->client.qp, &wr, 1), 0, "a request before one of no queue pair");
	CHECK_IS(dsa_spin_cq(pair->client.cq, &wc, 1, INT32_MAX, &chain), 1, "completes all the same");
	CHECK_IS(chain.posted, -EBADF, "and the chain says so");
	CHECK_IS(dsa_spin_cq(pair->client.qp, &wc, 1, 1, &chain), -EBADF, "no completion queue");
	CHECK_IS(chain.posted, 0, "nothing is posted");

	region_free(&local);
	region_free(&remote);
}

/* After a failure nothing is chained: the queue pair is in error. */
static void post__chained_to_a_failure(void)
{
	struct region local, remote;
	struct dsa_work_request wr, next;
	struct dsa_chain chain;
	struct ibv_wc wc = { 0 };
	struct pair pair;

	if (pair_open(&pair, &best)) {
		local = region_new(pair.client.pd, 4096, 0);
		remote = region_new(pair.server.pd, 4096, IBV_ACCESS_REMOTE_WRITE);
		next = wr = request(DSA_OP_WRITE, &local, 8, (uintptr_t)remote.memory, remote.rkey);
		wr.rkey ^= 0x10000;
		chain = (struct dsa_chain){ .qp = pair.client.qp, .requests = (uintptr_t)&next, .n = 1, .after = wr.wr_id };
		CHECK_IS(dsa_post(pair.client.qp, &wr, 1), 0, "a request with a wrong key");
		CHECK_IS(dsa_spin_cq(pair.client.cq, &wc, 1, INT32_MAX, &chain), 1, "completes");
		CHECK_IS(wc.status, IBV_WC_REM_ACCESS_ERR, "refused");
		CHECK_IS(chain.posted, 0, "and has nothing posted");
		region_free(&local);
		region_free(&remote);
	}
	pair_close(&pair);
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
static void post__changing_elements(struct pair *pair)
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
	for (int i = 0; i < 20000; i++) {
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

static void post__messages(struct pair *pair)
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

static void flush__persistent(struct pair *pair)
{
	int fd = open(dax_path, O_RDWR);
	struct region nvm, local = region_new(pair->client.pd, 2 * MIB, 0);
	struct dsa_work_request wrs[3];
	uint32_t lkey, rkey;
	struct ibv_wc wc;
	void *memory;

	CHECK_IS(dsa_reg_mr(pair->server.pd, (uintptr_t)local.memory, 4096, REMOTE_ALL | IBV_ACCESS_LOCAL_WRITE | FLUSH_ALL, &lkey, &rkey), -EINVAL,
		 "FLUSH access to memory that is not persistent");
	if (!CHECK(fd >= 0, "%s opens", dax_path))
		return;
	memory = mmap(NULL, 2 * MIB, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (!CHECK(memory != MAP_FAILED, "and maps"))
		return;
	nvm = region_on(pair->server.pd, memory, 2 * MIB, REMOTE_ALL | IBV_ACCESS_LOCAL_WRITE | FLUSH_ALL);
	memset(local.memory, 0x42, 4096);
	memset(memory, 0, 8192);
	wrs[0] = request(DSA_OP_WRITE, &local, 4096, (uintptr_t)memory, nvm.rkey);
	wrs[0].flags = 0;
	wrs[1] = request(DSA_OP_FLUSH, NULL, 4096, (uintptr_t)memory, nvm.rkey);
	wrs[1].flush_type = DSA_FLUSH_PERSISTENT;
	wrs[1].flush_level = DSA_FLUSH_RANGE;
	wrs[1].flags = 0;
	wrs[2] = request(DSA_OP_ATOMIC_WRITE, NULL, 0, (uintptr_t)memory + 4096, nvm.rkey);
	wrs[2].operand = 99;
	CHECK_IS(dsa_post(pair->client.qp, wrs, 3), 0, "WRITE, persistent FLUSH and atomic write under one doorbell");
	wc = complete(pair->client.cq);
	CHECK(wc.status == IBV_WC_SUCCESS && wc.wr_id == wrs[2].wr_id, "one completion: %s", ibv_wc_status_str(wc.status));
	CHECK(((char *)memory)[4095] == 0x42 && *(uint64_t *)((char *)memory + 4096) == 99, "all is in the NVM");
	wrs[1].flush_type = DSA_FLUSH_GLOBAL | DSA_FLUSH_PERSISTENT;
	wrs[1].flags = DSA_WR_SIGNALED;
	CHECK_IS(run(&pair->client, &wrs[1]), IBV_WC_SUCCESS, "FLUSH of both types");
	wrs[1].flush_type = DSA_FLUSH_GLOBAL;
	wrs[1].flush_level = DSA_FLUSH_MR;
	wrs[1].length = 0;
	CHECK_IS(run(&pair->client, &wrs[1]), IBV_WC_SUCCESS, "FLUSH of the whole region");
	region_free(&nvm);
	region_free(&local);
}

static void window__rights(void)
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

/*
 * A region of many GiB: the same 64 MiB again and again. rxe of kernel 7 keeps the pages of a region in one piece of kernel memory and so
 * ends at 1 GiB.
 */
static void region__large(struct pair *pair)
{
	const uint64_t piece = 64 * MIB;
	const uint32_t access = REMOTE_ALL | IBV_ACCESS_LOCAL_WRITE;
	struct region local = region_new(pair->client.pd, 4096, 0), large = { .length = 5 * GIB };
	int fd = memfd_create("dsa", 0);
	struct dsa_work_request wr;
	int64_t begin = now_ms();

	if (ftruncate(fd, (off_t)piece))
		return;
	large.memory = mmap(NULL, large.length, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	for (uint64_t at = 0; at < large.length; at += piece)
		mmap((char *)large.memory + at, piece, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0);
	close(fd);
	large.mr = dsa_reg_mr(pair->server.pd, (uintptr_t)large.memory, large.length, access, &large.lkey, &large.rkey);
	if (large.mr == -ENOMEM) {
		printf("        this kernel registers no 5 GiB\n");
		munmap((char *)large.memory + GIB, large.length - GIB);
		large = region_on(pair->server.pd, large.memory, GIB, access);
	}
	CHECK(large.mr > 0, "a region of %" PRIu64 " GiB, in %" PRId64 " ms", large.length / GIB, now_ms() - begin);
	memset(local.memory, 0x77, 4096);
	wr = request(DSA_OP_WRITE, &local, 4096, (uintptr_t)large.memory + large.length - 4096, large.rkey);
	CHECK_IS(run(&pair->client, &wr), IBV_WC_SUCCESS, "WRITE to its last page");
	CHECK(memcmp((char *)large.memory + piece - 4096, local.memory, 4096) == 0, "which is there");
	region_free(&large);
	region_free(&local);
}

/* The queue pair that bound a window goes first. */
static void destroy__bound_window(void)
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

static void region__errors(struct pair *pair)
{
	struct dsa_device_attributes a;
	uint32_t lkey, rkey;
	char byte;

	CHECK_IS(dsa_reg_mr(pair->server.pd, 0, 4096, 0, &lkey, &rkey), -EFAULT, "a region at 0");
	CHECK_IS(dsa_reg_mr(pair->server.pd, (uintptr_t)&byte, UINT64_MAX, 0, &lkey, &rkey), -EINVAL, "a region around the end of memory");
	CHECK_IS(dsa_reg_mr(pair->server.pd, (uintptr_t)&byte, 1, 0x80000000, &lkey, &rkey), -EINVAL, "an access that there is not");
	CHECK_IS(dsa_reg_mr(pair->server.pd, (uintptr_t)&byte, 1, IBV_ACCESS_REMOTE_WRITE, &lkey, &rkey), -EINVAL, "remote without local write");
	CHECK_IS(dsa_reg_mr(pair->server.pd, (uintptr_t)&byte, 1, 0, NULL, &rkey), -EFAULT, "no place for a key");
	if (dsa_query_device(pair->context, &a) == 0 && !(a.features & DSA_FEATURE_ON_DEMAND_PAGING))
		CHECK_IS(dsa_reg_mr(pair->server.pd, (uintptr_t)&byte, 1, IBV_ACCESS_ON_DEMAND, &lkey, &rkey), -EOPNOTSUPP,
			 "on-demand paging where it is not trusted");
	CHECK(dsa_reg_mr(pair->server.pd, 0x10000, 4096, IBV_ACCESS_LOCAL_WRITE, &lkey, &rkey) < 0, "memory that is not there");
	CHECK(dsa_reg_dmabuf_mr(pair->server.pd, 0, 4096, 0, open("/dev/null", O_RDWR), 0, &lkey, &rkey) < 0, "a file that is no dma-buf");
	CHECK_IS(dsa_reg_dmabuf_mr(pair->server.pd, 0, 4096, 0, -1, 0, &lkey, &rkey), -EBADF, "no file at all");
}

static void create_qp__errors(struct pair *pair)
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

static void connect__refused(struct pair *pair)
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

static void plain__fallback(void)
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

static void post__not_made_for(void)
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

static void disconnect__events(void)
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

/* Children are alive when their parents go. */
static void destroy__parents_first(void)
{
	struct dsa_work_request wr;
	struct region local, remote;
	struct pair pair;

	if (!pair_open(&pair, &best))
		return;
	local = region_new(pair.client.pd, 4096, 0);
	remote = region_new(pair.server.pd, 4096, REMOTE_ALL);
	CHECK_IS(dsa_destroy_event_channel(pair.client.channel) | dsa_destroy_event_channel(pair.server.channel) |
			 dsa_dealloc_pd(pair.client.pd) | dsa_dealloc_pd(pair.server.pd) | dsa_destroy_comp_channel(pair.client.comp_channel),
		 0, "channels and domains are destroyed first");
	CHECK_IS(dsa_wait_cq_event(pair.client.comp_channel, NULL, 0), -EBADF, "their ids are dead");
	wr = request(DSA_OP_WRITE, &local, 64, (uintptr_t)remote.memory, remote.rkey);
	CHECK_IS(run(&pair.client, &wr), IBV_WC_SUCCESS, "the connection works on");
	CHECK_IS(dsa_destroy_cq(pair.server.cq), 0, "a queue is destroyed before its queue pair");
	CHECK_IS(dsa_poll_cq(pair.server.cq, &(struct ibv_wc){ 0 }, 1), -EBADF, "its id is dead too");
	CHECK_IS(run(&pair.client, &wr), IBV_WC_SUCCESS, "and it works on");
	region_free(&local);
	region_free(&remote);
	CHECK_IS(dsa_destroy_id(pair.client.id) | dsa_destroy_id(pair.server.id) | dsa_destroy_id(pair.listener), 0, "then the ids");
	CHECK_IS(dsa_destroy_cq(pair.client.cq) | dsa_destroy_comp_channel(pair.server.comp_channel), 0, "then the rest");
}

/* ---- waits */

struct waiter {
	int64_t id;
	int (*wait)(int64_t id, int32_t timeout_ms);
	int result;
};

static int wait_cm(int64_t id, int32_t timeout_ms)
{
	struct dsa_cm_event event;

	return dsa_get_cm_event(id, &event, timeout_ms);
}

static int wait_comp(int64_t id, int32_t timeout_ms)
{
	return dsa_wait_cq_event(id, NULL, timeout_ms);
}

static int wait_async(int64_t id, int32_t timeout_ms)
{
	struct dsa_async_event event;

	return dsa_get_async_event(id, &event, timeout_ms);
}

static void *waiting(void *argument)
{
	struct waiter *waiter = argument;

	waiter->result = waiter->wait(waiter->id, -1);
	return NULL;
}

static void wait__woken(const char *what, int64_t id, int (*wait)(int64_t, int32_t), int (*destroy)(int64_t))
{
	struct waiter waiter = { .id = id, .wait = wait }, second = waiter;
	pthread_t thread, other;
	int64_t begin = now_ms();

	CHECK_IS(wait(id, 0), 0, what);
	CHECK_IS(wait(id, 50), 0, "nothing for 50 ms");
	CHECK(now_ms() - begin >= 50, "which passed");
	pthread_create(&thread, NULL, waiting, &waiter);
	usleep(50000);
	CHECK_IS(dsa_wake_channel(id), 0, "a wake");
	pthread_join(thread, NULL);
	CHECK_IS(waiter.result, -ECANCELED, "ends a blocked wait");
	CHECK_IS(dsa_wake_channel(id) | dsa_wake_channel(id), 0, "two wakes before the wait");
	CHECK_IS(wait(id, -1), -ECANCELED, "end it too");
	CHECK_IS(wait(id, 50), 0, "and not the one after it");
	if (!destroy)
		return;
	pthread_create(&thread, NULL, waiting, &waiter);
	pthread_create(&other, NULL, waiting, &second);
	usleep(50000);
	CHECK_IS(destroy(id), 0, "destroyed under two blocked waits");
	pthread_join(thread, NULL);
	pthread_join(other, NULL);
	CHECK(waiter.result == -EBADF && second.result == -EBADF, "both end with EBADF");
	CHECK_IS(dsa_wake_channel(id), -EBADF, "there is nothing to wake any more");
}

static void async__overflow(struct pair *unused)
{
	const struct options tiny = { .send_ops = DSA_SEND_OPS_BEST, .max_send_wr = 64, .max_send_sge = 1, .cq_depth = 1, .depth = 4 };
	struct dsa_async_event event = { 0 };
	struct dsa_work_request wr = { .opcode = DSA_OP_WRITE, .flags = DSA_WR_SIGNALED };
	struct pair pair;
	int rc;

	(void)unused;
	if (!pair_open(&pair, &tiny))
		return;
	while (dsa_get_async_event(pair.context, &event, 0) == 1)
		printf("        (event %u)\n", event.type);
	for (int i = 0; i < 60; i++)
		dsa_post(pair.client.qp, &wr, 1);
	rc = dsa_get_async_event(pair.context, &event, TIMEOUT_MS);
	CHECK(rc == 1 && event.type == IBV_EVENT_CQ_ERR && event.id == pair.client.cq, "a queue that overflows: event %u of id %" PRIx64, event.type,
	      (uint64_t)event.id);
	pair_close(&pair);
}

/* ---- destruction against use */

struct storm {
	_Atomic int64_t qp, cq;
	atomic_bool stop;
	atomic_ulong accepted, chained, refused, odd;
};

static void *post_and_poll(void *argument)
{
	struct dsa_work_request wr = { .opcode = DSA_OP_WRITE, .flags = DSA_WR_SIGNALED };
	struct dsa_qp_attributes attributes;
	struct storm *storm = argument;
	struct dsa_chain chain;
	struct ibv_wc wcs[8];

	while (!atomic_load(&storm->stop)) {
		int rc = dsa_post(storm->qp, &wr, 1);

		if (rc == 0)
			storm->accepted++;
		else if (rc == -EBADF)
			storm->refused++;
		else if (rc != -ENOMEM)
			storm->odd++;
		chain = (struct dsa_chain){ .qp = storm->qp, .requests = (uintptr_t)&wr, .n = 1 };
		rc = dsa_spin_cq(storm->cq, wcs, 8, INT32_MAX, &chain);
		if ((rc < 0 && rc != -EBADF) || (chain.posted < 0 && chain.posted != -EBADF && chain.posted != -ENOMEM))
			storm->odd++;
		storm->chained += chain.posted == 1;
		dsa_post_recv(storm->qp, &(struct dsa_receive_request){ 0 }, 1, NULL);
		dsa_query_qp(storm->qp, &attributes);
		dsa_req_notify_cq(storm->cq, 0);
	}
	return NULL;
}

static void destroy__under_fire(void)
{
	struct storm storm = { 0 };
	pthread_t threads[3];

	for (int i = 0; i < 3; i++)
		pthread_create(&threads[i], NULL, post_and_poll, &storm);
	for (int round = 0; round < 25; round++) {
		struct pair pair;

		if (!pair_open(&pair, &best))
			break;
		storm.qp = pair.client.qp;
		storm.cq = pair.client.cq;
		usleep(5000);
		if (round % 2)
			dsa_destroy_qp(pair.client.id);
		pair_close(&pair);
	}
	storm.stop = true;
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	CHECK(storm.odd == 0 && storm.accepted > 0 && storm.chained > 0 && storm.refused > 0,
	      "25 connections destroyed under three posting threads: %lu posts taken, %lu chained, %lu refused, %lu odd",
	      (unsigned long)storm.accepted, (unsigned long)storm.chained, (unsigned long)storm.refused, (unsigned long)storm.odd);
}

struct connector {
	int64_t id;
	struct dsa_connection_parameters parameters;
};

static void *destroy_id(void *argument)
{
	dsa_destroy_id(*(int64_t *)argument);
	return NULL;
}

/* Ids that are destroyed while their connection is being made. */
static void destroy__while_connecting(struct pair *pair)
{
	struct dsa_connection_parameters p = parameters(NULL, 0, 1);
	int64_t begin = now_ms(), took;
	unsigned late = 0, stale = 0;
	struct dsa_cm_event event;

	for (int round = 0; round < 30; round++) {
		struct end client = { .channel = pair->client.channel };
		pthread_t thread;

		if (!resolve(&client, pair->port))
			return;
		furnish(&client, &best);
		dsa_connect(client.id, &p);
		pthread_create(&thread, NULL, destroy_id, &client.id);
		if (round % 3)
			while (dsa_get_cm_event(pair->server.channel, &event, round % 3 == 1 ? 0 : 200) == 1)
				if (event.event == RDMA_CM_EVENT_CONNECT_REQUEST)
					dsa_destroy_id(event.cm_id);
		while (dsa_get_cm_event(pair->client.channel, &event, 0) == 1)
			;
		pthread_join(thread, NULL);
		late += dsa_get_cm_event(pair->client.channel, &event, 0) == 1;
		stale += dsa_destroy_id(client.id) != -EBADF;
		client.id = 0;
		end_close(&client);
	}
	while (dsa_get_cm_event(pair->server.channel, &event, 300) == 1)
		if (event.event == RDMA_CM_EVENT_CONNECT_REQUEST)
			dsa_destroy_id(event.cm_id);
	took = now_ms() - begin;
	CHECK(late == 0, "of 30 ids destroyed while they connected %u had an event afterwards", late);
	CHECK(stale == 0, "%u lived on", stale);
	CHECK(took < 20000, "it took %" PRId64 " ms", took);
	CHECK_IS(dsa_connect(pair->client.id, &p), -EINVAL, "and the connection beside them still stands, so that it is not made again");
}

/* Requests that nobody has fetched when their listener or their channel goes. */
static void destroy__pending_request(void)
{
	struct dsa_connection_parameters p = parameters(NULL, 0, 1);
	int64_t server = dsa_create_event_channel(), listener;
	struct end client = { .channel = dsa_create_event_channel() };
	struct dsa_cm_event event;
	uint16_t port;

	listener = listen_on(server, &port);
	resolve(&client, port);
	furnish(&client, &best);
	dsa_connect(client.id, &p);
	usleep(100000);
	CHECK_IS(dsa_destroy_id(listener), 0, "a listener with a pending request goes");
	CHECK_IS(dsa_get_cm_event(server, &event, 100), 0, "the request with it");
	expect_event(client.channel, RDMA_CM_EVENT_REJECTED, &event);
	end_close(&client);

	client = (struct end){ .channel = client.channel };
	listener = listen_on(server, &port);
	resolve(&client, port);
	furnish(&client, &best);
	dsa_connect(client.id, &p);
	usleep(100000);
	CHECK_IS(dsa_destroy_event_channel(server), 0, "a channel with a pending request goes");
	CHECK_IS(dsa_destroy_id(listener), 0, "then its listener");
	expect_event(client.channel, RDMA_CM_EVENT_REJECTED, &event);
	end_close(&client);
	dsa_destroy_event_channel(client.channel);
}

/* ---- what the kernel holds */

static void read_resources(char *out, size_t size)
{
	FILE *pipe = popen("rdma resource show 2>&1", "r");
	size_t n = pipe ? fread(out, 1, size - 1, pipe) : 0;

	out[n] = 0;
	if (pipe)
		pclose(pipe);
}

int main(int argc, char **argv)
{
	static char before[4096], after[4096];
	int64_t warm_channel, warm;
	struct pair pair;
	uint16_t port;

	if (argc > 1)
		address_text = argv[1];
	if (argc > 2)
		dax_path = argv[2];

	/* The device stays open; count from there. */
	warm_channel = dsa_create_event_channel();
	warm = listen_on(warm_channel, &port);
	if (dsa_context(warm) < 0)
		return CHECK(false, "no RDMA device has %s", address_text);
	dsa_destroy_id(warm);
	dsa_destroy_event_channel(warm_channel);
	read_resources(before, sizeof(before));

	layout__known();
	ids__refused();
	bind__errors();
	unbound__refused();
	if (pair_open(&pair, &best)) {
		device__attributes(&pair);
		connect__private_data(&pair);
		post__data(&pair);
		post__chained(&pair);
		post__changing_elements(&pair);
		post__messages(&pair);
		flush__persistent(&pair);
		region__large(&pair);
		region__errors(&pair);
		create_qp__errors(&pair);
		connect__refused(&pair);
		destroy__while_connecting(&pair);
		wait__woken("no completion event", dsa_create_comp_channel(pair.context), wait_comp, dsa_destroy_comp_channel);
		wait__woken("no connection event", dsa_create_event_channel(), wait_cm, dsa_destroy_event_channel);
		wait__woken("no asynchronous event", pair.context, wait_async, NULL);
		async__overflow(&pair);
	}
	pair_close(&pair);
	window__rights();
	destroy__bound_window();
	plain__fallback();
	post__not_made_for();
	post__chained_to_a_failure();
	disconnect__events();
	destroy__parents_first();
	destroy__pending_request();
	destroy__under_fire();

	read_resources(after, sizeof(after));
	if (!CHECK(before[0] && strcmp(before, after) == 0, "the kernel holds what it held before"))
		printf("before: %safter:  %s", before, after);
	return check_result();
}
