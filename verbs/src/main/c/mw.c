/* SPDX-License-Identifier: Apache-2.0 */
#include "mw.h"

#include "dsa_verbs.h"
#include "handle.h"
#include "mr.h"
#include "qp.h"

#include <errno.h>
#include <stdlib.h>

#define BIND_ACCESS                                                                                                \
	(IBV_ACCESS_REMOTE_WRITE | IBV_ACCESS_REMOTE_READ | IBV_ACCESS_REMOTE_ATOMIC | IBV_ACCESS_FLUSH_GLOBAL | \
	 IBV_ACCESS_FLUSH_PERSISTENT)
#define BIND_FLAGS (DSA_WR_FENCE | DSA_WR_SIGNALED)

int64_t dsa_alloc_mw(int64_t pd_id, int32_t type2, uint32_t *rkey)
{
	struct pd *pd = handle_enter(pd_id, HANDLE_PD);
	struct mw *mw;
	int64_t id;

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
	mw->ibv = ibv_alloc_mw(pd->ibv, type2 ? IBV_MW_TYPE_2 : IBV_MW_TYPE_1);
	if (!mw->ibv)
		goto err_handle;
	mw->pd = pd;
	pthread_mutex_init(&mw->lock, NULL);
	if (rkey)
		*rkey = mw->ibv->rkey;
	pd_get(pd);
	handle_publish(id, mw);
out:
	handle_leave(pd_id);
	return id;

err_handle:
	handle_cancel(id);
	id = errno ? -errno : -ENOMEM;
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
	rc = ibv_dealloc_mw(mw->ibv);
	if (rc) {
		handle_reopen(id);
		return rc > 0 ? -rc : rc;
	}
	handle_retire(id);
	pthread_mutex_destroy(&mw->lock);
	pd_put(mw->pd);
	free(mw);
	return 0;
}

/* The range and the rights of a bind, checked. */
static int check_range(const struct mr *mr, uint64_t address, uint64_t length)
{
	if (address < mr->address || length > mr->length || address - mr->address > mr->length - length)
		return -EINVAL;
	return 0;
}

/* Type 2: a posted request with the key after the present one. mw->lock is held. */
static int bind_type2(struct qp *qp, struct mw *mw, const struct ibv_mw_bind_info *info, uint64_t wr_id, uint32_t flags)
{
	uint32_t rkey = ibv_inc_rkey(mw->ibv->rkey);
	int rc;

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
		return rc > 0 ? -rc : rc;
	mw->ibv->rkey = rkey;
	return 0;
}

/* Type 1: a call of its own, which sets the new key. mw->lock is held. */
static int bind_type1(struct qp *qp, struct mw *mw, const struct ibv_mw_bind_info *info, uint64_t wr_id, uint32_t flags)
{
	struct ibv_mw_bind bind = { .wr_id = wr_id, .send_flags = flags, .bind_info = *info };
	int rc = ibv_bind_mw(qp->ibv, mw->ibv, &bind);

	return rc > 0 ? -rc : rc;
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
	rc = check_range(mr, address, length);
	if (!rc && (mw->pd != qp->pd || mr->pd != qp->pd))
		rc = -EINVAL;
	if (rc)
		goto leave_mr;

	info = (struct ibv_mw_bind_info){ .mr = mr->ibv, .addr = address, .length = length, .mw_access_flags = access };
	pthread_mutex_lock(&mw->lock);
	rc = mw->ibv->type == IBV_MW_TYPE_2 ? bind_type2(qp, mw, &info, wr_id, flags) : bind_type1(qp, mw, &info, wr_id, flags);
	if (!rc)
		*new_rkey = mw->ibv->rkey;
	pthread_mutex_unlock(&mw->lock);

leave_mr:
	handle_leave(mr_id);
leave_mw:
	handle_leave(mw_id);
leave_qp:
	handle_leave(qp_id);
	return rc;
}
