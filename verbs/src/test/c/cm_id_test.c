/* SPDX-License-Identifier: Apache-2.0 */

/* cm_id_test.c - ids that are not connected, and may not be */

#include "verbs_test.h"

#include "check.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/un.h>

void bind__errors(void)
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
void unbound__refused(void)
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
