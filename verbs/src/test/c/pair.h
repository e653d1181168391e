/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DSA_PAIR_H
#define DSA_PAIR_H

/*
 * pair.h - two connected ends in one process, memory for them, and what a request on them came to
 *
 * What goes wrong on the way to what a test looks at is a failed check of its own.
 */

#include "dsa_verbs.h"

#include <infiniband/verbs.h>
#include <netinet/in.h>
#include <rdma/rdma_cma.h>
#include <stdbool.h>
#include <stdint.h>

#define TIMEOUT_MS 5000
#define MIB (UINT64_C(1) << 20)
#define REMOTE_ALL (IBV_ACCESS_REMOTE_WRITE | IBV_ACCESS_REMOTE_READ | IBV_ACCESS_REMOTE_ATOMIC)
#define FLUSH_ALL (IBV_ACCESS_FLUSH_GLOBAL | IBV_ACCESS_FLUSH_PERSISTENT)

/* Where both ends are. */
extern const char *address_text;
struct sockaddr_in address(uint16_t port);

int64_t now_ms(void);

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

/* All that the device can. */
extern const struct options best;

/* Private data of the two ends. */
extern const char hello[56], welcome[196];

/* The steps of a connection, for tests that stop halfway. */
bool expect_event(int64_t channel, uint32_t kind, struct dsa_cm_event *event);
int64_t listen_on(int64_t channel, uint16_t *port);
bool resolve(struct end *client, uint16_t port);
void furnish(struct end *end, const struct options *options);
struct dsa_connection_parameters parameters(const char *data, uint32_t length, uint8_t depth);

/* Connects; the caller checks what came. */
bool pair_open(struct pair *pair, const struct options *options);
void pair_close(struct pair *pair);

/* Closes one end alone; how many of its objects could not be destroyed. */
int end_close(struct end *end);

/* ---- regions and completions */

struct region {
	void *memory;
	uint64_t length;
	int64_t mr;
	uint32_t lkey, rkey;
};

struct region region_on(int64_t pd, void *memory, uint64_t length, uint32_t access);
struct region region_new(int64_t pd, uint64_t length, uint32_t access);
void region_free(struct region *region);

struct dsa_work_request request(uint8_t opcode, const struct region *local, uint32_t length, uint64_t remote, uint32_t rkey);

/* One completion, or status -1 after the time is over. */
struct ibv_wc complete(int64_t cq);

/* Posts and waits; the status of the completion, or -errno of the post. */
int run(const struct end *end, const struct dsa_work_request *wr);

#endif
