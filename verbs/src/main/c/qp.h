/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DSA_QP_H
#define DSA_QP_H

/*
 * qp.h - queue pair of a connection
 *
 * Belongs to its cm id; holds its protection domain and its completion queues. Its context is its id.
 */

#include "cq.h"
#include "pd.h"

#include <infiniband/verbs.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct cm_id;
struct mw;

struct qp {
	int64_t id;
	struct ibv_qp *ibv;
	struct ibv_qp_ex *extended; /* NULL: plain */
	uint64_t send_ops;          /* DSA_SEND_OP_* granted */
	struct ibv_qp_cap granted;
	uint32_t access;    /* IBV_ACCESS_* that the peer should get */
	bool builds_ahead;  /* see post_build */
	struct pd *pd;
	struct cq *send_cq;
	struct cq *recv_cq;
	struct mw *windows; /* bound through it; see mw.h */
	uint64_t made_at;   /* see object_age */

	/*
	 * Has it been ready to send? Before that nothing may be posted: rxe's provider queues the requests, then says EINVAL, and they would
	 * run later, unasked.
	 */
	atomic_bool connected;
};

/* object_age - a number that is larger for every object that is made later */
uint64_t object_age(void);

/* qp_established - from now on it can send; give the peer all of qp->access, if the kernel's CM gave it less */
void qp_established(struct qp *qp);

/* qp_destroy - the caller holds cm->lock, or nobody else can have cm */
void qp_destroy(struct cm_id *cm, struct qp *qp);

#endif
