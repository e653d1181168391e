/* SPDX-License-Identifier: Apache-2.0 */
#include "mw.h"

#include "dsa_verbs.h"
#include "error.h"
#include "handle.h"
#include "mr.h"
#include "qp.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#define BIND_ACCESS                                                                                                \
	(IBV_ACCESS_REMOTE_WRITE | IBV_ACCESS_REMOTE_READ | IBV_ACCESS_REMOTE_ATOMIC | IBV_ACCESS_FLUSH_GLOBAL | \
	 IBV_ACCESS_FLUSH_PERSISTENT)
#define BIND_FLAGS (DSA_WR_FENCE | DSA_WR_SIGNALED)

static pthread_mutex_t windows_lock = PTHREAD_MUTEX_INITIALIZER;

/* Takes a window off the list of its queue pair; windows_lock is held. */
static void forget_qp(struct mw *mw)
{
	struct mw **link;

	if (!mw->qp)
		return;
	for (link = &mw->qp->windows; *link != mw; link = &(*link)->next)
		;
	*link = mw->next;
	mw->next = NULL;
	mw->qp = NULL;
}

static void remember_qp(struct mw *mw, struct qp *qp)
{
	if (mw->qp == qp)
		return;
	forget_qp(mw);
	mw->qp = qp;
	mw->next = qp->windows;
	qp->windows = mw;
}

/* Frees the device's window, if there is one; windows_lock is held. 0 or -errno. */
static int release(struct mw *mw)
{
	int rc;

	errno = 0;
	rc = mw->ibv ? negated(ibv_dealloc_mw(mw->ibv)) : 0;
	if (rc)
		return rc;
	mw->ibv = NULL;
	forget_qp(mw);
	return 0;
}

void mw_unbind_all(struct qp *qp)
{
	pthread_mutex_lock(&windows_lock);
	while (qp->windows) {
		struct mw *mw = qp->windows;

		if (release(mw))
			forget_qp(mw);
	}
	pthread_mutex_unlock(&windows_lock);
}

/* Makes the device's window. windows_lock is held, or nobody else has mw. 0 or -errno. */
static int make(struct mw *mw)
{
	errno = 0;
	mw->made_at = object_age();
	mw->ibv = ibv_alloc_mw(mw->pd->ibv, mw->type);
	if (!mw->ibv)
		return errno_or(ENOMEM);
	return 0;
}

/* Sees to it that the device's window exists and is younger than qp; windows_lock is held. 0 or -errno. */
static int prepare(struct mw *mw, const struct qp *qp)
{
	int rc = mw->ibv && mw->made_at < qp->made_at ? release(mw) : 0;

	return rc || mw->ibv ? rc : make(mw);
}

int64_t dsa_alloc_mw(int64_t pd_id, int32_t type2, uint32_t *rkey)
{
	struct pd *pd = handle_enter(pd_id, HANDLE_PD);
	struct mw *mw;
	int64_t id;
	int rc;

	if (!pd)
		return -EBADF;
	mw = calloc(1, sizeof(*mw));
	if (!mw) {
		id = -ENOMEM;
		goto out;
	}
	id = handle_reserve(HANDLE_MW);
	if (id < 0)
		goto err_free;
	mw->pd = pd;
	mw->type = type2 ? IBV_MW_TYPE_2 : IBV_MW_TYPE_1;
	rc = make(mw);
	if (rc)
		goto err_handle;
	if (rkey)
		*rkey = mw->ibv->rkey;
	pd_get(pd);
	handle_publish(id, mw);
out:
	handle_leave(pd_id);
	return id;

err_handle:
	handle_cancel(id);
	id = rc;
err_free:
	free(mw);
	goto out;
}

int dsa_dealloc_mw(int64_t id)
{
	struct mw *mw = handle_close(id, HANDLE_MW);
	int rc;

	if (!mw)
		return -EBADF;
	handle_drain(id);
	pthread_mutex_lock(&windows_lock);
	rc = release(mw);
	pthread_mutex_unlock(&windows_lock);
	if (rc) {
		handle_reopen(id);
		return rc;
	}
	handle_retire(id);
	pd_put(mw->pd);
	free(mw);
	return 0;
}

/* Is the range within the region? */
static int check_range(const struct mr *mr, uint64_t address, uint64_t length)
{
	if (address < mr->address || length > mr->length || address - mr->address > mr->length - length)
		return -EINVAL;
	return 0;
}

/* Type 2: a posted request with the key after the present one. windows_lock is held. */
static int bind_type2(struct qp *qp, struct mw *mw, const struct ibv_mw_bind_info *info, uint64_t wr_id, uint32_t flags)
{
	uint32_t rkey = ibv_inc_rkey(mw->ibv->rkey);
	int rc;

	errno = 0;
	if (qp->extended) {
		if (!(qp->send_ops & DSA_SEND_OP_BIND_MW))
			return -EOPNOTSUPP;
		ibv_wr_start(qp->extended);
		qp->extended->wr_id = wr_id;
		qp->extended->wr_flags = flags;
		ibv_wr_bind_mw(qp->extended, mw->ibv, rkey, info);
		rc = ibv_wr_complete(qp->extended);
	} else {
		struct ibv_send_wr wr = {
			.wr_id = wr_id,
			.opcode = IBV_WR_BIND_MW,
			.send_flags = flags,
			.bind_mw = { .mw = mw->ibv, .rkey = rkey, .bind_info = *info },
		};
		struct ibv_send_wr *bad;

		rc = ibv_post_send(qp->ibv, &wr, &bad);
	}
	if (rc)
		return negated(rc);
	mw->ibv->rkey = rkey;
	return 0;
}

/* Type 1: a call of its own, which sets the new key. windows_lock is held. */
static int bind_type1(struct qp *qp, struct mw *mw, const struct ibv_mw_bind_info *info, uint64_t wr_id, uint32_t flags)
{
	struct ibv_mw_bind bind = { .wr_id = wr_id, .send_flags = flags, .bind_info = *info };

	errno = 0;
	return negated(ibv_bind_mw(qp->ibv, mw->ibv, &bind));
}

int dsa_bind_mw(int64_t qp_id, int64_t mw_id, int64_t mr_id, uint64_t address, uint64_t length, uint32_t access, uint64_t wr_id,
		uint32_t flags, uint32_t *new_rkey)
{
	struct ibv_mw_bind_info info;
	struct qp *qp;
	struct mw *mw;
	struct mr *mr;
	int rc = -EBADF;

	if (!new_rkey)
		return -EFAULT;
	if ((access & ~(uint32_t)BIND_ACCESS) || (flags & ~BIND_FLAGS) || !length)
		return -EINVAL;
	qp = handle_enter(qp_id, HANDLE_QP);
	if (!qp)
		return -EBADF;
	mw = handle_enter(mw_id, HANDLE_MW);
	if (!mw)
		goto leave_qp;
	mr = handle_enter(mr_id, HANDLE_MR);
	if (!mr)
		goto leave_mw;
	rc = atomic_load_explicit(&qp->connected, memory_order_acquire) ? check_range(mr, address, length) : -ENOTCONN;
	if (!rc && (mw->pd != qp->pd || mr->pd != qp->pd))
		rc = -EINVAL;
	if (rc)
		goto leave_mr;

	info = (struct ibv_mw_bind_info){ .mr = mr->ibv, .addr = address, .length = length, .mw_access_flags = access };
	pthread_mutex_lock(&windows_lock);
	rc = prepare(mw, qp);
	if (!rc)
		rc = mw->type == IBV_MW_TYPE_2 ? bind_type2(qp, mw, &info, wr_id, flags) : bind_type1(qp, mw, &info, wr_id, flags);
	if (!rc) {
		*new_rkey = mw->ibv->rkey;
		remember_qp(mw, qp);
	}
	pthread_mutex_unlock(&windows_lock);

leave_mr:
	handle_leave(mr_id);
leave_mw:
	handle_leave(mw_id);
leave_qp:
	handle_leave(qp_id);
	return rc;
}
