/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DSA_MW_H
#define DSA_MW_H

/*
 * mw.h - memory window; owned by its id
 *
 * A queue pair knows the windows that were bound through it. They must be unbound before it is destroyed: rxe's kernel side keeps a bound
 * window's queue pair alive, and waits most of a minute for it before it gives up. Only freeing a window unbinds it for certain (a
 * LOCAL_INV fails on a queue pair in the error state), so the queue pair frees the device's windows, and each is made anew when
 * its id is bound the next time.
 *
 * The kernel takes the objects of a killed process down newest first, so for the same reason a bound window must be younger than its queue
 * pair: one that is older is made anew before it is bound.
 */

#include "pd.h"

#include <stdint.h>

struct qp;

struct mw {
	struct pd *pd;
	enum ibv_mw_type type;

	/* The rest is under the lock of mw.c. */
	struct ibv_mw *ibv; /* NULL: was freed with its queue pair */
	uint64_t made_at;   /* when ibv was; see object_age in qp.h */
	struct qp *qp;      /* the last that it was bound through, or NULL */
	struct mw *next;    /* in qp->windows */
};

/* mw_unbind_all - free the device's windows that were bound through qp, which nobody is inside of any more */
void mw_unbind_all(struct qp *qp);

#endif
