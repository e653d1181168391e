/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DSA_CM_CHANNEL_H
#define DSA_CM_CHANNEL_H

/*
 * cm_channel.h - a queue of connection events
 *
 * Owned by its id and by every cm id made on it; freed with the last of them.
 *
 * Locks, in this order: cm_id.lock, cm_channel.lock, cm_id.note_lock.
 */

#include "wake.h"

#include <pthread.h>
#include <rdma/rdma_cma.h>
#include <stdatomic.h>
#include <stdint.h>

struct cm_channel {
	int64_t id;
	struct rdma_event_channel *rdma; /* its descriptor does not block */
	struct wake wake;
	atomic_uint references;

	/*
	 * Held while an event is taken and acknowledged: librdmacm changes the state of queue pairs while it takes an event, so none
	 * of them may be made or destroyed meanwhile.
	 */
	pthread_mutex_t lock;
};

void cm_channel_get(struct cm_channel *channel);
void cm_channel_put(struct cm_channel *channel);

#endif
