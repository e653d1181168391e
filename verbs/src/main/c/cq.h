/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DSA_CQ_H
#define DSA_CQ_H

/*
 * cq.h - completion queue
 *
 * Owned by its id and by every queue pair that completes into it; freed with the last of them. Its context is its id.
 */

#include "comp_channel.h"

#include <infiniband/verbs.h>
#include <stdatomic.h>

struct cq {
	struct ibv_cq *ibv;
	struct comp_channel *channel; /* or NULL */
	atomic_uint references;
};

void cq_get(struct cq *cq);
void cq_put(struct cq *cq);

#endif
