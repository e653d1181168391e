/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DSA_CM_ID_H
#define DSA_CM_ID_H

/*
 * cm_id.h - one end of a connection, or a listener
 *
 * Owned by its id; holds its channel, and its queue pair if it has one.
 */

#include "cm_channel.h"
#include "dsa_verbs.h"

#include <pthread.h>
#include <rdma/rdma_cma.h>
#include <stdbool.h>
#include <stdint.h>

#define CM_CONNECT_DATA 56u /* of the 92 bytes of a request, 36 are rdma_cm's own header */
#define CM_ACCEPT_DATA 196u
#define CM_REJECT_DATA 148u

struct qp;

struct cm_id {
	int64_t id;
	struct rdma_cm_id *rdma; /* its context is the id */
	struct cm_channel *channel;

	pthread_mutex_t lock; /* one call on the connection at a time */
	struct qp *qp;        /* under lock */

	pthread_mutex_t note_lock; /* for what follows */
	bool noted;
	uint32_t event;
	int32_t status;
	uint32_t private_data_length;
	uint32_t accept_data_length;
	uint8_t private_data[DSA_MAX_PRIVATE_DATA];
	uint8_t accept_data[CM_ACCEPT_DATA];
};

/* cm_id_of - the id that librdmacm keeps with its own object */
int64_t cm_id_of(const struct rdma_cm_id *rdma);

/* cm_id_adopt - give the new end of a connection request an id. Returns it or -errno; then rdma is still the caller's */
int64_t cm_id_adopt(struct cm_channel *channel, struct rdma_cm_id *rdma);

/* cm_id_note - remember what an event said */
void cm_id_note(struct cm_id *cm, const struct dsa_cm_event *event);

/* cm_id_established - complete the queue pair of a new connection; the caller holds the channel's lock */
void cm_id_established(struct cm_id *cm);

/* cm_id_accept_noted - dsa_accept with the private data of dsa_set_accept_private_data */
int cm_id_accept_noted(int64_t id, struct dsa_connection_parameters parameters);

#endif
