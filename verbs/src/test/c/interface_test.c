/* SPDX-License-Identifier: Apache-2.0 */

/* interface_test.c - what any caller is told: layouts, ids that are none, what the device can */

#include "verbs_test.h"

#include "check.h"

#include <errno.h>

void layout__known(void)
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

void ids__refused(void)
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

void device__attributes(struct pair *pair)
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
