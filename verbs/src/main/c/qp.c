/* SPDX-License-Identifier: Apache-2.0 */
#include "qp.h"

#include "cm_id.h"
#include "device.h"
#include "dsa_verbs.h"
#include "error.h"
#include "handle.h"
#include "mw.h"

#include <errno.h>
#include <rdma/rdma_cma.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(sizeof(struct dsa_qp_attributes) == 64, "layout of dsa_qp_attributes");
_Static_assert(DSA_SEND_OP_WRITE == IBV_QP_EX_WITH_RDMA_WRITE && DSA_SEND_OP_WRITE_IMM == IBV_QP_EX_WITH_RDMA_WRITE_WITH_IMM &&
		       DSA_SEND_OP_SEND == IBV_QP_EX_WITH_SEND && DSA_SEND_OP_SEND_IMM == IBV_QP_EX_WITH_SEND_WITH_IMM &&
		       DSA_SEND_OP_READ == IBV_QP_EX_WITH_RDMA_READ && DSA_SEND_OP_COMPARE_SWAP == IBV_QP_EX_WITH_ATOMIC_CMP_AND_SWP &&
		       DSA_SEND_OP_FETCH_ADD == IBV_QP_EX_WITH_ATOMIC_FETCH_AND_ADD && DSA_SEND_OP_LOCAL_INV == IBV_QP_EX_WITH_LOCAL_INV &&
		       DSA_SEND_OP_BIND_MW == IBV_QP_EX_WITH_BIND_MW && DSA_SEND_OP_SEND_INV == IBV_QP_EX_WITH_SEND_WITH_INV &&
		       DSA_SEND_OP_FLUSH == IBV_QP_EX_WITH_FLUSH && DSA_SEND_OP_ATOMIC_WRITE == IBV_QP_EX_WITH_ATOMIC_WRITE,
	       "send operations are those of verbs.h");

/* What to ask for when the best is refused: the newest operations go first. 0 is a plain queue pair. */
static const uint64_t fallbacks[] = {
	UINT64_MAX,
	~(DSA_SEND_OP_FLUSH | DSA_SEND_OP_ATOMIC_WRITE),
	DSA_SEND_OP_WRITE | DSA_SEND_OP_WRITE_IMM | DSA_SEND_OP_SEND | DSA_SEND_OP_SEND_IMM | DSA_SEND_OP_READ |
		DSA_SEND_OP_COMPARE_SWAP | DSA_SEND_OP_FETCH_ADD,
	0,
};

uint64_t object_age(void)
{
	static atomic_uint_fast64_t age;

	return atomic_fetch_add_explicit(&age, 1, memory_order_relaxed);
}

/* One attempt; 0 or -errno. The channel's lock is held. */
static int create(struct cm_id *cm, struct qp *qp, const struct dsa_qp_attributes *wanted, bool signal_all, uint64_t send_ops)
{
	struct ibv_qp_init_attr_ex attr = {
		.qp_context = (void *)(intptr_t)qp->id,
		.send_cq = qp->send_cq->ibv,
		.recv_cq = qp->recv_cq->ibv,
		.cap = {
			.max_send_wr = wanted->max_send_wr,
			.max_recv_wr = wanted->max_recv_wr,
			.max_send_sge = wanted->max_send_sge ? wanted->max_send_sge : 1,
			.max_recv_sge = wanted->max_recv_sge ? wanted->max_recv_sge : 1,
			.max_inline_data = wanted->max_inline_data,
		},
		.qp_type = IBV_QPT_RC,
		.sq_sig_all = signal_all,
		.comp_mask = IBV_QP_INIT_ATTR_PD,
		.pd = qp->pd->ibv,
	};

	if (send_ops) {
		attr.comp_mask |= IBV_QP_INIT_ATTR_SEND_OPS_FLAGS;
		attr.send_ops_flags = send_ops;
	}
	errno = 0;
	if (rdma_create_qp_ex(cm->rdma, &attr))
		return errno_or(EIO);
	qp->ibv = cm->rdma->qp;
	qp->made_at = object_age();
	qp->extended = send_ops ? ibv_qp_to_qp_ex(qp->ibv) : NULL;
	qp->send_ops = send_ops;
	qp->granted = attr.cap;
	if (qp->granted.max_inline_data > DSA_MAX_INLINE)
		qp->granted.max_inline_data = DSA_MAX_INLINE;
	if (qp->granted.max_send_sge > DSA_MAX_SGE)
		qp->granted.max_send_sge = DSA_MAX_SGE;
	if (qp->granted.max_recv_sge > DSA_MAX_SGE)
		qp->granted.max_recv_sge = DSA_MAX_SGE;
	return 0;
}

/* Is it the operations that were refused, rather than the sizes or the state? The kernel and the providers disagree on how to say so. */
static bool refused(int rc)
{
	return rc == -EOPNOTSUPP || rc == -EINVAL || rc == -ENOSYS;
}

static int create_best(struct cm_id *cm, struct qp *qp, const struct dsa_qp_attributes *wanted, bool signal_all, uint64_t supported)
{
	uint64_t tried = UINT64_MAX;
	int rc = -EOPNOTSUPP;

	for (size_t i = 0; i < sizeof(fallbacks) / sizeof(fallbacks[0]); i++) {
		uint64_t ops = supported & fallbacks[i];

		if (ops == tried)
			continue;
		tried = ops;
		rc = create(cm, qp, wanted, signal_all, ops);
		if (!refused(rc))
			break;
	}
	return rc;
}

static void fill_granted(struct dsa_qp_attributes *out, const struct qp *qp)
{
	memset(out, 0, sizeof(*out));
	out->max_send_wr = qp->granted.max_send_wr;
	out->max_recv_wr = qp->granted.max_recv_wr;
	out->max_send_sge = qp->granted.max_send_sge;
	out->max_recv_sge = qp->granted.max_recv_sge;
	out->max_inline_data = qp->granted.max_inline_data;
	out->qp_num = qp->ibv->qp_num;
	out->send_ops = qp->send_ops;
}

static void fill_state(struct dsa_qp_attributes *out, const struct qp *qp)
{
	const int mask = IBV_QP_STATE | IBV_QP_ACCESS_FLAGS | IBV_QP_MAX_QP_RD_ATOMIC | IBV_QP_MAX_DEST_RD_ATOMIC | IBV_QP_TIMEOUT |
			 IBV_QP_RETRY_CNT | IBV_QP_RNR_RETRY | IBV_QP_DEST_QPN;
	struct ibv_qp_init_attr init;
	struct ibv_qp_attr attr;

	if (ibv_query_qp(qp->ibv, &attr, mask, &init))
		return;
	out->state = (uint32_t)attr.qp_state;
	out->access = attr.qp_access_flags;
	out->max_rd_atomic = attr.max_rd_atomic;
	out->max_dest_rd_atomic = attr.max_dest_rd_atomic;
	out->timeout = attr.timeout;
	out->retry_count = attr.retry_cnt;
	out->rnr_retry = attr.rnr_retry;
	out->peer_qp_num = attr.dest_qp_num;
}

/* Makes the queue pair of cm, whose lock is held. */
static int64_t create_for(struct cm_id *cm, struct pd *pd, struct cq *send_cq, struct cq *recv_cq, struct dsa_qp_attributes *attributes,
			  bool signal_all, uint64_t send_ops)
{
	struct ibv_context *context = cm->rdma->verbs;
	struct device *device;
	struct qp *qp;
	int64_t id;
	int rc;

	if (cm->qp)
		return -EEXIST;
	if (!context)
		return -ENODEV;
	if (pd->ibv->context != context || send_cq->ibv->context != context || recv_cq->ibv->context != context)
		return -EINVAL;
	device = device_of(context);
	if (!device)
		return -ENOMEM;
	if (send_ops != DSA_SEND_OPS_BEST && (send_ops & ~device->send_ops))
		return -EOPNOTSUPP;
	qp = calloc(1, sizeof(*qp));
	if (!qp)
		return -ENOMEM;
	id = handle_reserve(HANDLE_QP);
	if (id < 0) {
		free(qp);
		return id;
	}
	qp->id = id;
	qp->access = device->access;
	qp->builds_ahead = device->polls_beside_batch;
	qp->pd = pd;
	qp->send_cq = send_cq;
	qp->recv_cq = recv_cq;
	pthread_mutex_lock(&cm->channel->lock);
	if (send_ops == DSA_SEND_OPS_BEST)
		rc = create_best(cm, qp, attributes, signal_all, device->send_ops);
	else
		rc = create(cm, qp, attributes, signal_all, send_ops);
	if (!rc) {
		fill_granted(attributes, qp);
		fill_state(attributes, qp);
	}
	pthread_mutex_unlock(&cm->channel->lock);
	if (rc) {
		handle_cancel(id);
		free(qp);
		return rc;
	}
	pd_get(pd);
	cq_get(send_cq);
	cq_get(recv_cq);
	cm->qp = qp;
	handle_publish(id, qp);
	return id;
}

int64_t dsa_create_qp(int64_t cm_id, int64_t pd_id, int64_t send_cq_id, int64_t recv_cq_id, struct dsa_qp_attributes *attributes,
		      int32_t signal_all, uint64_t send_ops)
{
	struct cq *send_cq, *recv_cq;
	struct cm_id *cm;
	struct pd *pd;
	int64_t id = -EBADF;

	if (!attributes)
		return -EFAULT;
	if (attributes->max_send_sge > DSA_MAX_SGE || attributes->max_recv_sge > DSA_MAX_SGE ||
	    attributes->max_inline_data > DSA_MAX_INLINE)
		return -EINVAL;
	cm = handle_enter(cm_id, HANDLE_CM_ID);
	if (!cm)
		return -EBADF;
	pd = handle_enter(pd_id, HANDLE_PD);
	if (!pd)
		goto leave_cm;
	send_cq = handle_enter(send_cq_id, HANDLE_CQ);
	if (!send_cq)
		goto leave_pd;
	recv_cq = handle_enter(recv_cq_id, HANDLE_CQ);
	if (!recv_cq)
		goto leave_send_cq;

	pthread_mutex_lock(&cm->lock);
	id = create_for(cm, pd, send_cq, recv_cq, attributes, signal_all != 0, send_ops);
	pthread_mutex_unlock(&cm->lock);

	handle_leave(recv_cq_id);
leave_send_cq:
	handle_leave(send_cq_id);
leave_pd:
	handle_leave(pd_id);
leave_cm:
	handle_leave(cm_id);
	return id;
}

void qp_destroy(struct cm_id *cm, struct qp *qp)
{
	handle_close(qp->id, HANDLE_QP);
	handle_drain(qp->id);
	mw_unbind_all(qp);
	/* As rdma_destroy_qp(3), but others need not wait for the device, which may take long, to take events from the channel. */
	pthread_mutex_lock(&cm->channel->lock);
	cm->rdma->qp = NULL;
	pthread_mutex_unlock(&cm->channel->lock);
	ibv_destroy_qp(qp->ibv);
	handle_retire(qp->id);
	cq_put(qp->recv_cq);
	cq_put(qp->send_cq);
	pd_put(qp->pd);
	free(qp);
}

int dsa_destroy_qp(int64_t id)
{
	struct cm_id *cm = handle_enter(id, HANDLE_CM_ID);
	int rc = -ENOENT;

	if (!cm)
		return -EBADF;
	pthread_mutex_lock(&cm->lock);
	if (cm->qp) {
		qp_destroy(cm, cm->qp);
		cm->qp = NULL;
		rc = 0;
	}
	pthread_mutex_unlock(&cm->lock);
	handle_leave(id);
	return rc;
}

void qp_established(struct qp *qp)
{
	struct ibv_qp_init_attr init;
	struct ibv_qp_attr attr;

	atomic_store_explicit(&qp->connected, true, memory_order_release);
	if (ibv_query_qp(qp->ibv, &attr, IBV_QP_STATE | IBV_QP_ACCESS_FLAGS, &init))
		return;
	if (attr.qp_state != IBV_QPS_RTR && attr.qp_state != IBV_QPS_RTS)
		return;
	if ((attr.qp_access_flags & qp->access) == qp->access)
		return;
	/* A device may refuse this; then what the CM gave is what there is, and dsa_query_qp shows it. */
	attr.qp_access_flags |= qp->access;
	(void)ibv_modify_qp(qp->ibv, &attr, IBV_QP_ACCESS_FLAGS);
}

int dsa_query_qp(int64_t id, struct dsa_qp_attributes *attributes)
{
	struct qp *qp;

	if (!attributes)
		return -EFAULT;
	qp = handle_enter(id, HANDLE_QP);
	if (!qp)
		return -EBADF;
	fill_granted(attributes, qp);
	fill_state(attributes, qp);
	handle_leave(id);
	return 0;
}

int dsa_qp_error(int64_t id)
{
	struct ibv_qp_attr attr = { .qp_state = IBV_QPS_ERR };
	struct qp *qp = handle_enter(id, HANDLE_QP);
	int rc;

	if (!qp)
		return -EBADF;
	errno = 0;
	rc = negated(ibv_modify_qp(qp->ibv, &attr, IBV_QP_STATE));
	handle_leave(id);
	return rc;
}
