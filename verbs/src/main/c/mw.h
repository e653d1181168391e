/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DSA_MW_H
#define DSA_MW_H

/* mw.h - memory window; owned by its id */

#include "pd.h"

#include <pthread.h>

struct mw {
	struct ibv_mw *ibv;
	struct pd *pd;
	pthread_mutex_t lock; /* one bind at a time, since each takes the next key */
};

#endif
