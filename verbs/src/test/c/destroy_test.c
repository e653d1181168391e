/* SPDX-License-Identifier: Apache-2.0 */

/* destroy_test.c - destruction before, during and instead of use */

#include "verbs_test.h"

#include "check.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

/* Children are alive when their parents go. */
void destroy__parents_first(void)
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

void destroy__under_fire(void)
{
	struct storm storm = { 0 };
	pthread_t threads[3];
	int round;

	for (int i = 0; i < 3; i++)
		pthread_create(&threads[i], NULL, post_and_poll, &storm);
	/* More where there is one processor only, on which the threads may not have had their turn in time. */
	for (round = 0; round < 25 || (round < 500 && (storm.accepted == 0 || storm.chained == 0)); round++) {
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
	      "%d connections destroyed under three posting threads: %lu posts taken, %lu chained, %lu refused, %lu odd", round,
	      (unsigned long)storm.accepted, (unsigned long)storm.chained, (unsigned long)storm.refused, (unsigned long)storm.odd);
}

static void *destroy_id(void *argument)
{
	dsa_destroy_id(*(int64_t *)argument);
	return NULL;
}

/* Ids that are destroyed while their connection is being made. */
void destroy__while_connecting(struct pair *pair)
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
void destroy__pending_request(void)
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
