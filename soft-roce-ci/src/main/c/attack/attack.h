/* SPDX-License-Identifier: Apache-2.0 */

/* What the parts of verbs_attack share. What the server answers is printed; a failure of this end's own ends the program with one line. */

#ifndef ATTACK_H
#define ATTACK_H

#include "../common/tool.h"

#include <infiniband/verbs.h>
#include <netinet/in.h>
#include <rdma/rdma_cma.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MAX_DATA 255    /* what struct rdma_conn_param can say; the connection manager takes 56 */
#define SEND_DEPTH 256  /* requests in flight */
#define MAX_PIECES 32   /* elements of a request */
#define ANSWER 256      /* bytes of an answer in words */
#define DEVICE_DEPTH 255 /* stands for as many READs in flight as the device can */

struct private_data {
	uint8_t bytes[MAX_DATA];
	uint8_t length;
};

/*
 * One connection at a time, and what it is made of. The queue pair is brought up by hand, so that this end decides what of the
 * connection manager's terms it keeps to, and can be made anew on the same connection.
 */
struct attacker {
	struct sockaddr_in server;
	struct rdma_event_channel *channel;
	struct ibv_pd *domain;
	struct ibv_cq *completions;
	struct ibv_mr *region;
	struct rdma_cm_id *id; /* NULL: not connected */
	struct ibv_qp *qp;
	struct ibv_qp_attr init, receive, send; /* how the queue pair was brought up */
	int init_mask, receive_mask, send_mask;
	uint32_t last_psn;   /* sequence number of the latest request */
	uint64_t next_wr_id;
};

/* Answers "NAME, a tab, TEXT" at once. */
void answer(const char *name, const char *text);

/* An event and its status in words, with what the peer's program said along. */
void describe_event(const struct rdma_cm_event *event, char text[ANSWER]);

/* Connects with initiator_depth READs in flight agreed upon, whatever is used later. False, and the reason in words, where that fails. */
bool connect_queue(struct attacker *attacker, uint16_t port, const struct private_data *data, uint8_t initiator_depth, char why[ANSWER]);

/*
 * Makes this end's queue pair anew on the connection that it has, after an error. What it asks first has the sequence number of what it
 * asked last: that is what a peer that has not executed it waits for. 0 or an errno.
 */
int revive_queue(struct attacker *attacker);

/* Waits for the server to end the connection. False, and what came instead in words, where it does not in that time. */
bool await_end(struct attacker *attacker, int milliseconds, char why[ANSWER]);

/* Ends the connection, if there is one. */
void disconnect_queue(struct attacker *attacker);

/* Reads commands from standard input until its end, and answers each. See main.c. */
void obey(struct attacker *attacker);

/* Posts what the words of a command say and answers. False where there is no such request. */
bool ask(struct attacker *attacker, const char *name, const uint64_t *words, size_t count);

enum storm_kind {
	STORM_TOKENS, /* with tokens that nobody gave */
	STORM_LEAVE,  /* leaves when the server accepts */
	STORM_HOLD,   /* says nothing more when the server accepts */
};

/* Connects as fast as it can for that long, in several threads; prints what became of the attempts, and of each how many. */
void run_storm(const struct sockaddr_in *server, uint16_t port, enum storm_kind kind, unsigned threads, unsigned seconds);

#endif
