/* SPDX-License-Identifier: Apache-2.0 */

/* wait_test.c - waits for the three kinds of events, and their ends */

#include "verbs_test.h"

#include "check.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

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

static void woken(const char *what, int64_t id, int (*wait)(int64_t, int32_t), int (*destroy)(int64_t))
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

void wait__woken(struct pair *pair)
{
	woken("no completion event", dsa_create_comp_channel(pair->context), wait_comp, dsa_destroy_comp_channel);
	woken("no connection event", dsa_create_event_channel(), wait_cm, dsa_destroy_event_channel);
	woken("no asynchronous event", pair->context, wait_async, NULL);
}

void async__overflow(void)
{
	const struct options tiny = { .send_ops = DSA_SEND_OPS_BEST, .max_send_wr = 64, .max_send_sge = 1, .cq_depth = 1, .depth = 4 };
	struct dsa_async_event event = { 0 };
	struct dsa_work_request wr = { .opcode = DSA_OP_WRITE, .flags = DSA_WR_SIGNALED };
	struct pair pair;
	int rc;

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
