/* SPDX-License-Identifier: Apache-2.0 */

/* What both ends of verbs_floor share. A call that fails ends the program with one line: it is a measuring tool. */

#ifndef FLOOR_H
#define FLOOR_H

#include "../common/tool.h"

#include <infiniband/verbs.h>
#include <rdma/rdma_cma.h>
#include <stdint.h>

#define FLUSH_BOTH (IBV_ACCESS_FLUSH_GLOBAL | IBV_ACCESS_FLUSH_PERSISTENT)

/* Where the server's memory is for the one queue pair that it is bound to; sent as it is, both ends being one machine type. */
struct grant {
	uint64_t address;
	uint64_t length;
	uint32_t rkey;
	uint32_t reserved;
};

/* What the client is to do. */
struct load {
	enum operation { READ, WRITE, DURABLE_WRITE } operation;
	enum wait { SPIN, BLOCK } wait;
	uint32_t block, depth, seconds, warm_up;
};

/* The next event, which must be of that kind; acknowledged. The new connection's id, where the event is a request for one. */
struct rdma_cm_id *expect_event(struct rdma_event_channel *channel, enum rdma_cm_event_type kind);

/* A queue pair with a completion queue of its own that can do all of this, on an id that has its device. */
void make_queue_pair(struct rdma_cm_id *id, uint32_t depth);

/* The connection's parameters: as many READs in flight as the device takes. */
struct rdma_conn_param connection_parameters(void);

/* Waits for one completion, which must be a success. */
struct ibv_wc next_completion(struct rdma_cm_id *id);

/* Serves one client after the other, each with the whole memory, until killed. Prints "listening" when it can be reached. */
void serve(const char *address, const char *port, const char *device, uint64_t offset, uint64_t length) __attribute__((noreturn));

/* Does the load and prints the result as one line of JSON. */
void run_load(const char *address, const char *port, const struct load *load);

/* Latencies in nanoseconds. */
struct samples {
	uint32_t *nanoseconds;
	uint64_t count, capacity;
};

void samples_add(struct samples *samples, uint64_t nanoseconds);

/* One line of JSON; microseconds for latencies. Sorts the samples. */
void samples_print(struct samples *samples, double seconds);

#endif
