/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DSA_COMP_CHANNEL_H
#define DSA_COMP_CHANNEL_H

/*
 * comp_channel.h - completion channel
 *
 * Owned by its id and by every completion queue on it; freed with the last of them.
 */

#include "wake.h"

#include <infiniband/verbs.h>
#include <stdatomic.h>
#include <stdint.h>

struct comp_channel {
	struct ibv_comp_channel *ibv; /* its descriptor does not block */
	struct wake wake;
	atomic_uint references;
};

void comp_channel_get(struct comp_channel *channel);
void comp_channel_put(struct comp_channel *channel);

#endif
