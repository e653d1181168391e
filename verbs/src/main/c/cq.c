/* SPDX-License-Identifier: Apache-2.0 */
#include "cq.h"

#include "device.h"
#include "dsa_verbs.h"
#include "error.h"
#include "handle.h"
#include "post.h"

#include <errno.h>
#include <stdlib.h>

#define SPINS_A_LOOK 64 /* polls between two looks whether somebody wants to destroy the queue */

_Static_assert(sizeof(struct ibv_wc) == 48, "struct ibv_wc is what dsa_poll_cq documents");
_Static_assert(sizeof(struct dsa_chain) == 32, "layout of dsa_chain");

void cq_get(struct cq *cq)
{
	atomic_fetch_add_explicit(&cq->references, 1, memory_order_relaxed);
}

void cq_put(struct cq *cq)
{
	if (atomic_fetch_sub_explicit(&cq->references, 1, memory_order_acq_rel) != 1)
		return;
	ibv_destroy_cq(cq->ibv);
	if (cq->channel)
		comp_channel_put(cq->channel);
	free(cq);
}

int64_t dsa_create_cq(int64_t context, int64_t channel_id, int32_t depth, int32_t vector)
{
	struct comp_channel *channel = NULL;
	struct device *device;
	struct cq *cq;
	int64_t id;
	int rc;

	if (depth <= 0 || vector < 0)
		return -EINVAL;
	device = handle_enter(context, HANDLE_CONTEXT);
	if (!device)
		return -EBADF;
	if (channel_id) {
		channel = handle_enter(channel_id, HANDLE_COMP_CHANNEL);
		if (!channel) {
			id = -EBADF;
			goto out_device;
		}
		if (channel->ibv->context != device->context) {
			id = -EINVAL;
			goto out;
		}
	}
	cq = calloc(1, sizeof(*cq));
	if (!cq) {
		id = -ENOMEM;
		goto out;
	}
	id = handle_reserve(HANDLE_CQ);
	if (id < 0)
		goto err_free;
	errno = 0;
	cq->ibv = ibv_create_cq(device->context, depth, (void *)(intptr_t)id, channel ? channel->ibv : NULL, vector);
	if (!cq->ibv)
		goto err_handle;
	cq->channel = channel;
	if (channel)
		comp_channel_get(channel);
	atomic_init(&cq->references, 1);
	handle_publish(id, cq);
out:
	if (channel)
		handle_leave(channel_id);
out_device:
	handle_leave(context);
	return id;

err_handle:
	rc = errno_or(ENOMEM);
	handle_cancel(id);
	id = rc;
err_free:
	free(cq);
	goto out;
}

int dsa_destroy_cq(int64_t id)
{
	struct cq *cq = handle_close(id, HANDLE_CQ);

	if (!cq)
		return -EBADF;
	handle_drain(id);
	handle_retire(id);
	cq_put(cq);
	return 0;
}

int dsa_poll_cq(int64_t id, void *completions, int32_t n)
{
	return dsa_spin_cq(id, completions, n, 1, NULL);
}

/* A chain that a poll holds in its hand. */
struct link {
	struct dsa_chain *chain; /* NULL: none */
	int64_t id;              /* of the queue pair; the chain is the caller's memory and can change */
	struct qp *qp;           /* NULL: it is not there */
	bool built;              /* only the doorbell is missing */
};

static struct link take_chain(struct dsa_chain *chain)
{
	struct link link = { .chain = chain };

	if (!chain)
		return link;
	link.id = chain->qp;
	link.qp = handle_enter(link.id, HANDLE_QP);
	link.built = link.qp && post_build(link.qp, (const struct dsa_work_request *)(uintptr_t)chain->requests, chain->n);
	return link;
}

/* Whether what was completed last is what the chain waits for. After a failure the queue pair is in error, and the owner is to decide. */
static bool has_come(const struct dsa_chain *chain, const struct ibv_wc *last)
{
	return last->status == IBV_WC_SUCCESS && (int64_t)(last->wr_id - chain->after) >= 0;
}

static void post_chain(struct link *link)
{
	struct dsa_chain *chain = link->chain;
	bool built = link->built;
	int rc = -ENOMEM;

	link->built = false;
	if (built)
		rc = post_built(link->qp);
	/* The room that was not there may have been that of the request that is complete now. */
	if (rc == -ENOMEM)
		rc = dsa_post(link->id, (const struct dsa_work_request *)(uintptr_t)chain->requests, chain->n);
	chain->posted = rc ? rc : 1;
}

static void let_go_of(struct link *link)
{
	if (link->built)
		post_forget(link->qp);
	if (link->qp)
		handle_leave(link->id);
}

int dsa_spin_cq(int64_t id, void *completions, int32_t n, int32_t times, struct dsa_chain *chain)
{
	struct ibv_wc *wcs = completions;
	struct link link;
	struct cq *cq;
	int rc = 0;

	if (chain)
		chain->posted = 0;
	if (n < 0 || times < 1)
		return -EINVAL;
	if (n && !completions)
		return -EFAULT;
	cq = handle_enter(id, HANDLE_CQ);
	if (!cq)
		return -EBADF;
	link = take_chain(n ? chain : NULL);
	while (n && !rc && times-- > 0) {
		rc = ibv_poll_cq(cq->ibv, n, wcs);
		if (!rc && times && times % SPINS_A_LOOK == 0 && (handle_closing(id) || (link.qp && handle_closing(link.id))))
			break;
	}
	if (link.chain && rc > 0 && has_come(chain, &wcs[rc - 1]))
		post_chain(&link);
	let_go_of(&link);
	handle_leave(id);
	return rc < 0 ? -EIO : rc;
}

int dsa_req_notify_cq(int64_t id, int32_t solicited_only)
{
	struct cq *cq = handle_enter(id, HANDLE_CQ);
	int rc;

	if (!cq)
		return -EBADF;
	errno = 0;
	rc = ibv_req_notify_cq(cq->ibv, solicited_only != 0);
	handle_leave(id);
	return negated(rc);
}
