/* SPDX-License-Identifier: Apache-2.0 */
#include "attack.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#define IN_FLIGHT 16        /* attempts of a thread at a time */
#define KINDS 32            /* of answers, the last of which stands for all others */
#define RESOLVE_MS 2000
#define WAIT_MS 200
#define GRACE_NS UINT64_C(3000000000) /* for what is under way at the end */
#define QUEUE_PAIRS 0xffffff

/* What clients of DSA say when they connect a data queue: docs/protocol.md. */
struct token_data {
	uint8_t magic[4];
	uint8_t version[2];
	uint8_t reserved[2];
	uint8_t token[16];
};

struct count {
	char text[ANSWER];
	unsigned long times;
};

struct storm {
	struct sockaddr_in to;
	enum storm_kind kind;
	uint64_t end;
	pthread_mutex_t lock; /* of what is below */
	struct count counts[KINDS];
};

static void count(struct storm *storm, const char *text)
{
	struct count *c = storm->counts, *others = c + KINDS - 1;

	pthread_mutex_lock(&storm->lock);
	while (c < others && c->times && strcmp(c->text, text))
		c++;
	if (!c->times)
		snprintf(c->text, sizeof(c->text), "%s", c < others ? text : "others");
	c->times++;
	pthread_mutex_unlock(&storm->lock);
}

static void count_failure(struct storm *storm, const char *what)
{
	char text[ANSWER];

	snprintf(text, sizeof(text), "not posted: %s: %s", what, strerror(errno));
	count(storm, text);
}

/* Begins an attempt; false where this end cannot. */
static bool begin(struct storm *storm, struct rdma_event_channel *channel)
{
	struct rdma_cm_id *id;

	if (rdma_create_id(channel, &id, NULL, RDMA_PS_TCP)) {
		count_failure(storm, "make an id");
		return false;
	}
	if (rdma_resolve_addr(id, NULL, (struct sockaddr *)&storm->to, RESOLVE_MS)) {
		count_failure(storm, "resolve the address");
		rdma_destroy_id(id);
		return false;
	}
	return true;
}

/* Asks for a connection for a queue pair that is not there, since making one would take time. */
static int send_request(const struct storm *storm, struct rdma_cm_id *id)
{
	struct token_data data = { .magic = { 'D', 'S', 'A', 'Q' }, .version = { 0, 1 } };
	struct rdma_conn_param parameters = { .responder_resources = 1, .initiator_depth = 1, .retry_count = 1 };

	if (getrandom(&parameters.qp_num, sizeof(parameters.qp_num), 0) < 0 || getrandom(data.token, sizeof(data.token), 0) < 0)
		fail("draw a number");
	parameters.qp_num &= QUEUE_PAIRS;
	if (storm->kind == STORM_TOKENS) {
		parameters.private_data = &data;
		parameters.private_data_len = sizeof(data);
	}
	return rdma_connect(id, &parameters);
}

/* Goes a step on with an attempt. False once it is over: then the id is to be destroyed. */
static bool step(struct storm *storm, struct rdma_cm_id *id, enum rdma_cm_event_type event, const char *text)
{
	switch (event) {
	case RDMA_CM_EVENT_ADDR_RESOLVED:
		if (!rdma_resolve_route(id, RESOLVE_MS))
			return true;
		count_failure(storm, "resolve the route");
		return false;
	case RDMA_CM_EVENT_ROUTE_RESOLVED:
		if (!send_request(storm, id))
			return true;
		count_failure(storm, "connect");
		return false;
	case RDMA_CM_EVENT_CONNECT_RESPONSE:
		count(storm, storm->kind == STORM_HOLD ? "accepted, and left without an answer" : "accepted, and left at once");
		return storm->kind == STORM_HOLD;
	default:
		/* One that is held has been counted. */
		if (!id->context)
			count(storm, text);
		return false;
	}
}

static void *storm_thread(void *argument)
{
	struct storm *storm = argument;
	struct rdma_event_channel *channel = rdma_create_event_channel();
	struct pollfd waiting;
	unsigned in_flight = 0;

	need(channel, "open the RDMA connection manager");
	waiting = (struct pollfd){ .fd = channel->fd, .events = POLLIN };
	while (now_ns() < storm->end || (in_flight && now_ns() < storm->end + GRACE_NS)) {
		struct rdma_cm_event *event;
		enum rdma_cm_event_type kind;
		struct rdma_cm_id *id;
		char text[ANSWER];

		while (in_flight < IN_FLIGHT && now_ns() < storm->end && begin(storm, channel))
			in_flight++;
		if (poll(&waiting, 1, WAIT_MS) <= 0)
			continue;
		need_zero(rdma_get_cm_event(channel, &event), "wait for a connection event");
		kind = event->event;
		id = event->id;
		describe_event(event, text);
		rdma_ack_cm_event(event);
		if (step(storm, id, kind, text)) {
			/* One that is held makes room for the next. */
			in_flight -= kind == RDMA_CM_EVENT_CONNECT_RESPONSE;
			id->context = kind == RDMA_CM_EVENT_CONNECT_RESPONSE ? storm : NULL;
			continue;
		}
		in_flight -= id->context == NULL;
		rdma_destroy_id(id);
	}
	return NULL;
}

void run_storm(const struct sockaddr_in *server, uint16_t port, enum storm_kind kind, unsigned threads, unsigned seconds)
{
	struct storm storm = {
		.to = *server, .kind = kind, .end = now_ns() + seconds * UINT64_C(1000000000), .lock = PTHREAD_MUTEX_INITIALIZER,
	};
	pthread_t *all = calloc(threads, sizeof(*all));

	need(all, "allocate");
	storm.to.sin_port = htons(port);
	for (unsigned i = 0; i < threads; i++)
		need_zero(pthread_create(&all[i], NULL, storm_thread, &storm), "start a thread");
	for (unsigned i = 0; i < threads; i++)
		pthread_join(all[i], NULL);
	for (const struct count *c = storm.counts; c < storm.counts + KINDS && c->times; c++)
		printf("%s\t%lu\n", c->text, c->times);
	free(all);
	/* What is held, the kernel ends with the process: the attacker has gone. */
}
