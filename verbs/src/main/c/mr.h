/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DSA_MR_H
#define DSA_MR_H

/* mr.h - memory region; owned by its id */

#include "pd.h"

#include <stdint.h>

struct mr {
	struct ibv_mr *ibv;
	struct pd *pd;
	uint64_t address; /* as the device sees it */
	uint64_t length;
};

/* mr_prefetch - page [address, address + length) of an on-demand region in; ibv_advise_mr(3). Returns 0 or -errno */
int mr_prefetch(int64_t id, uint64_t address, uint32_t length);

/* mr_handle - the kernel's number of a region. Returns it or -EBADF */
int64_t mr_handle(int64_t id);

#endif
