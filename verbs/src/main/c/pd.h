/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DSA_PD_H
#define DSA_PD_H

/*
 * pd.h - protection domain
 *
 * Owned by its id and by every region, window and queue pair in it; freed with the last of them.
 */

#include <infiniband/verbs.h>
#include <stdatomic.h>
#include <stdint.h>

struct pd {
	struct ibv_pd *ibv;
	atomic_uint references;
};

void pd_get(struct pd *pd);
void pd_put(struct pd *pd);

#endif
