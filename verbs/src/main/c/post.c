/* SPDX-License-Identifier: Apache-2.0 */
#include "post.h"

#include "dsa_verbs.h"
#include "error.h"
#include "handle.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

_Static_assert(sizeof(struct dsa_work_request) == 64, "layout of dsa_work_request");
_Static_assert(sizeof(struct dsa_receive_request) == 32, "layout of dsa_receive_request");
_Static_assert(DSA_OP_WRITE == IBV_WR_RDMA_WRITE && DSA_OP_WRITE_IMM == IBV_WR_RDMA_WRITE_WITH_IMM && DSA_OP_SEND == IBV_WR_SEND &&
		       DSA_OP_SEND_IMM == IBV_WR_SEND_WITH_IMM && DSA_OP_READ == IBV_WR_RDMA_READ &&
		       DSA_OP_COMPARE_SWAP == IBV_WR_ATOMIC_CMP_AND_SWP && DSA_OP_FETCH_ADD == IBV_WR_ATOMIC_FETCH_AND_ADD &&
		       DSA_OP_LOCAL_INV == IBV_WR_LOCAL_INV && DSA_OP_SEND_INV == IBV_WR_SEND_WITH_INV && DSA_OP_FLUSH == IBV_WR_FLUSH &&
		       DSA_OP_ATOMIC_WRITE == IBV_WR_ATOMIC_WRITE,
	       "opcodes are those of verbs.h");
_Static_assert(DSA_WR_FENCE == IBV_SEND_FENCE && DSA_WR_SIGNALED == IBV_SEND_SIGNALED && DSA_WR_SOLICITED == IBV_SEND_SOLICITED &&
		       DSA_WR_INLINE == IBV_SEND_INLINE,
	       "flags are those of verbs.h");
_Static_assert(DSA_FLUSH_GLOBAL == IBV_FLUSH_GLOBAL && DSA_FLUSH_PERSISTENT == IBV_FLUSH_PERSISTENT && DSA_FLUSH_RANGE == IBV_FLUSH_RANGE &&
		       DSA_FLUSH_MR == IBV_FLUSH_MR,
	       "flush types are those of verbs.h");

#define ALL_FLAGS (DSA_WR_FENCE | DSA_WR_SIGNALED | DSA_WR_SOLICITED | DSA_WR_INLINE)
#define PLAIN_BATCH 16 /* requests that are converted on the stack at a time */

/* What an opcode needs; the row of one that does not exist is zero. */
struct operation {
	uint64_t send_op;
	bool inline_data; /* can carry INLINE */
	bool data;        /* any number of elements */
	bool atomic;      /* a remote address that is a multiple of 8 */
	bool one_element;
};

static const struct operation operations[] = {
	[DSA_OP_WRITE] = { .send_op = DSA_SEND_OP_WRITE, .data = true, .inline_data = true },
	[DSA_OP_WRITE_IMM] = { .send_op = DSA_SEND_OP_WRITE_IMM, .data = true, .inline_data = true },
	[DSA_OP_SEND] = { .send_op = DSA_SEND_OP_SEND, .data = true, .inline_data = true },
	[DSA_OP_SEND_IMM] = { .send_op = DSA_SEND_OP_SEND_IMM, .data = true, .inline_data = true },
	[DSA_OP_READ] = { .send_op = DSA_SEND_OP_READ, .data = true },
	[DSA_OP_COMPARE_SWAP] = { .send_op = DSA_SEND_OP_COMPARE_SWAP, .atomic = true, .one_element = true },
	[DSA_OP_FETCH_ADD] = { .send_op = DSA_SEND_OP_FETCH_ADD, .atomic = true, .one_element = true },
	[DSA_OP_LOCAL_INV] = { .send_op = DSA_SEND_OP_LOCAL_INV },
	[DSA_OP_SEND_INV] = { .send_op = DSA_SEND_OP_SEND_INV, .data = true, .inline_data = true },
	[DSA_OP_FLUSH] = { .send_op = DSA_SEND_OP_FLUSH },
	[DSA_OP_ATOMIC_WRITE] = { .send_op = DSA_SEND_OP_ATOMIC_WRITE, .atomic = true },
};

/* What a plain queue pair can do: what ibv_post_send has always had. */
#define PLAIN_OPS                                                                                                              \
	(DSA_SEND_OP_WRITE | DSA_SEND_OP_WRITE_IMM | DSA_SEND_OP_SEND | DSA_SEND_OP_SEND_IMM | DSA_SEND_OP_READ |              \
	 DSA_SEND_OP_COMPARE_SWAP | DSA_SEND_OP_FETCH_ADD | DSA_SEND_OP_LOCAL_INV | DSA_SEND_OP_SEND_INV)

/* What Java's lists can say: they end before the operands of an atomic, and struct ibv_send_wr has no FLUSH or atomic write at all. */
#define LIST_OPS (PLAIN_OPS & ~(DSA_SEND_OP_COMPARE_SWAP | DSA_SEND_OP_FETCH_ADD))

static const struct ibv_sge *elements_of(const struct dsa_work_request *request, struct ibv_sge *single)
{
	if (request->num_sge > 1)
		return (const struct ibv_sge *)(uintptr_t)request->address;
	*single = (struct ibv_sge){ .addr = request->address, .length = request->length, .lkey = request->lkey };
	return single;
}

/*
 * rdma-core's rxe provider takes all the elements that ibv_wr_set_sge_list gets to be as long as the first (as of 56). ibv_post_send, which
 * has all but FLUSH and atomic write, does not.
 */
static bool uneven(const struct dsa_work_request *request)
{
	const struct ibv_sge *elements = (const struct ibv_sge *)(uintptr_t)request->address;

	if (request->flags & DSA_WR_INLINE)
		return false;
	for (uint32_t i = 1; i < request->num_sge; i++) {
		if (elements[i].length != elements[0].length)
			return true;
	}
	return false;
}

static int check_inline(const struct qp *qp, const struct ibv_sge *elements, uint32_t n)
{
	uint64_t total = 0;

	for (uint32_t i = 0; i < n; i++) {
		if (elements[i].length && !elements[i].addr)
			return -EFAULT;
		total += elements[i].length;
	}
	return total > qp->granted.max_inline_data ? -EINVAL : 0;
}

static int check(const struct qp *qp, const struct dsa_work_request *request)
{
	uint64_t can = qp->extended ? qp->send_ops : PLAIN_OPS;
	const struct operation *operation;
	struct ibv_sge single;

	if (request->opcode >= sizeof(operations) / sizeof(operations[0]))
		return -EINVAL;
	operation = &operations[request->opcode];
	if (!operation->send_op || (request->flags & ~ALL_FLAGS))
		return -EINVAL;
	if (!(can & operation->send_op))
		return -EOPNOTSUPP;
	if (operation->atomic && request->remote_address % sizeof(uint64_t))
		return -EINVAL;
	if (operation->one_element && (request->num_sge != 1 || request->length != sizeof(uint64_t)))
		return -EINVAL;
	if (!operation->data && !operation->one_element && request->num_sge)
		return -EINVAL;
	if (request->num_sge > qp->granted.max_send_sge)
		return -EINVAL;
	if (request->num_sge > 1 && !request->address)
		return -EFAULT;
	if (request->opcode == DSA_OP_FLUSH &&
	    (!request->flush_type || request->flush_type > (DSA_FLUSH_GLOBAL | DSA_FLUSH_PERSISTENT) || request->flush_level > DSA_FLUSH_MR))
		return -EINVAL;
	if (request->flags & DSA_WR_INLINE)
		return operation->inline_data ? check_inline(qp, elements_of(request, &single), request->num_sge) : -EINVAL;
	return 0;
}

/*
 * rdma-core's rxe provider sends nothing for ibv_wr_set_inline_data_list (as of 56), so elements are gathered here. They are the caller's
 * memory and can have changed since they were checked, so the room is looked at again. 0 or -EINVAL.
 */
static int set_inline(struct ibv_qp_ex *qp, const struct ibv_sge *elements, uint32_t n)
{
	uint8_t gathered[DSA_MAX_INLINE];
	size_t length = 0;

	for (uint32_t i = 0; i < n; i++) {
		const struct ibv_sge element = *(const volatile struct ibv_sge *)&elements[i];

		if (element.length > sizeof(gathered) - length)
			return -EINVAL;
		if (element.length)
			memcpy(gathered + length, (const void *)(uintptr_t)element.addr, element.length);
		length += element.length;
	}
	ibv_wr_set_inline_data(qp, gathered, length);
	return 0;
}

static int set_data(struct ibv_qp_ex *qp, const struct dsa_work_request *request)
{
	struct ibv_sge single;
	const struct ibv_sge *elements = elements_of(request, &single);

	if (request->flags & DSA_WR_INLINE)
		return set_inline(qp, elements, request->num_sge);
	if (request->num_sge == 1)
		ibv_wr_set_sge(qp, single.lkey, single.addr, single.length);
	else
		ibv_wr_set_sge_list(qp, request->num_sge, elements);
	return 0;
}

/* Adds a checked request to the batch that is open on qp. 0, or -EINVAL when its elements have changed since; then the batch is to be aborted. */
static int add(struct ibv_qp_ex *qp, const struct dsa_work_request *request)
{
	uint32_t rkey = request->rkey;
	uint64_t remote = request->remote_address;

	qp->wr_id = request->wr_id;
	qp->wr_flags = request->flags;
	switch (request->opcode) {
	case DSA_OP_WRITE:
		ibv_wr_rdma_write(qp, rkey, remote);
		break;
	case DSA_OP_WRITE_IMM:
		ibv_wr_rdma_write_imm(qp, rkey, remote, request->imm_data);
		break;
	case DSA_OP_SEND:
		ibv_wr_send(qp);
		break;
	case DSA_OP_SEND_IMM:
		ibv_wr_send_imm(qp, request->imm_data);
		break;
	case DSA_OP_SEND_INV:
		ibv_wr_send_inv(qp, rkey);
		break;
	case DSA_OP_READ:
		ibv_wr_rdma_read(qp, rkey, remote);
		break;
	case DSA_OP_COMPARE_SWAP:
		ibv_wr_atomic_cmp_swp(qp, rkey, remote, request->operand, request->swap);
		break;
	case DSA_OP_FETCH_ADD:
		ibv_wr_atomic_fetch_add(qp, rkey, remote, request->operand);
		break;
	case DSA_OP_LOCAL_INV:
		ibv_wr_local_inv(qp, rkey);
		return 0;
	case DSA_OP_FLUSH:
		ibv_wr_flush(qp, rkey, remote, request->length, request->flush_type, request->flush_level);
		return 0;
	case DSA_OP_ATOMIC_WRITE:
		ibv_wr_atomic_write(qp, rkey, remote, &request->operand);
		return 0;
	default:
		return -EINVAL;
	}
	return set_data(qp, request);
}

static void convert(struct ibv_send_wr *wr, struct ibv_sge *single, const struct dsa_work_request *request)
{
	*wr = (struct ibv_send_wr){
		.wr_id = request->wr_id,
		.sg_list = (struct ibv_sge *)(uintptr_t)elements_of(request, single),
		.num_sge = request->num_sge,
		.opcode = (enum ibv_wr_opcode)request->opcode,
		.send_flags = request->flags,
	};
	switch (request->opcode) {
	case DSA_OP_COMPARE_SWAP:
	case DSA_OP_FETCH_ADD:
		wr->wr.atomic.remote_addr = request->remote_address;
		wr->wr.atomic.rkey = request->rkey;
		wr->wr.atomic.compare_add = request->operand;
		wr->wr.atomic.swap = request->swap;
		break;
	case DSA_OP_LOCAL_INV:
	case DSA_OP_SEND_INV:
		wr->invalidate_rkey = request->rkey;
		break;
	default:
		wr->imm_data = request->imm_data;
		wr->wr.rdma.remote_addr = request->remote_address;
		wr->wr.rdma.rkey = request->rkey;
	}
}

static int post_plain(struct qp *qp, const struct dsa_work_request *requests, uint32_t n)
{
	struct ibv_send_wr wrs[PLAIN_BATCH];
	struct ibv_sge singles[PLAIN_BATCH];
	struct ibv_send_wr *bad = NULL;

	for (uint32_t done = 0; done < n;) {
		uint32_t batch = n - done < PLAIN_BATCH ? n - done : PLAIN_BATCH;
		int rc;

		for (uint32_t i = 0; i < batch; i++) {
			convert(&wrs[i], &singles[i], &requests[done + i]);
			wrs[i].next = i + 1 < batch ? &wrs[i + 1] : NULL;
		}
		errno = 0;
		rc = negated(ibv_post_send(qp->ibv, wrs, &bad));
		if (rc) {
			if (done || bad != wrs) {
				struct ibv_qp_attr error = { .qp_state = IBV_QPS_ERR };

				(void)ibv_modify_qp(qp->ibv, &error, IBV_QP_STATE);
			}
			return rc;
		}
		done += batch;
	}
	return 0;
}

static bool connected(const struct qp *qp)
{
	return atomic_load_explicit(&qp->connected, memory_order_acquire);
}

/* Are all of them sane? *plain becomes whether they have to go the way that ibv_post_send has. 0 or -errno */
static int check_all(const struct qp *qp, const struct dsa_work_request *requests, uint32_t n, bool *plain)
{
	uint64_t ops = 0;

	*plain = !qp->extended;
	if (n > qp->granted.max_send_wr)
		return -ENOMEM;
	for (uint32_t i = 0; i < n; i++) {
		int rc = check(qp, &requests[i]);

		if (rc)
			return rc;
		ops |= operations[requests[i].opcode].send_op;
		*plain |= uneven(&requests[i]);
	}
	return *plain && (ops & ~PLAIN_OPS) ? -EOPNOTSUPP : 0;
}

/* Opens a batch and puts checked requests into it; it stays open. 0, or -EINVAL when it is closed again */
static int build(struct ibv_qp_ex *qp, const struct dsa_work_request *requests, uint32_t n)
{
	ibv_wr_start(qp);
	for (uint32_t i = 0; i < n; i++) {
		int rc = add(qp, &requests[i]);

		if (rc) {
			ibv_wr_abort(qp);
			return rc;
		}
	}
	return 0;
}

/* Closes a batch and rings the doorbell. */
static int ring(struct ibv_qp_ex *qp)
{
	int rc;

	errno = 0;
	rc = negated(ibv_wr_complete(qp));
	/* Providers say ENOSPC or ENOMEM for a full queue. */
	return rc == -ENOSPC ? -ENOMEM : rc;
}

static int post(struct qp *qp, const struct dsa_work_request *requests, uint32_t n)
{
	bool plain;
	int rc;

	if (!connected(qp))
		return -ENOTCONN;
	rc = check_all(qp, requests, n, &plain);
	if (rc)
		return rc;
	if (plain)
		return post_plain(qp, requests, n);
	rc = build(qp->extended, requests, n);
	return rc ? rc : ring(qp->extended);
}

bool post_build(struct qp *qp, const struct dsa_work_request *requests, uint32_t n)
{
	bool plain;

	return qp->builds_ahead && n && requests && connected(qp) && !check_all(qp, requests, n, &plain) && !plain && !build(qp->extended, requests, n);
}

int post_built(struct qp *qp)
{
	if (connected(qp))
		return ring(qp->extended);
	post_forget(qp);
	return -ENOTCONN;
}

void post_forget(struct qp *qp)
{
	ibv_wr_abort(qp->extended);
}

int dsa_post(int64_t id, const struct dsa_work_request *requests, uint32_t n)
{
	struct qp *qp;
	int rc;

	if (n && !requests)
		return -EFAULT;
	qp = handle_enter(id, HANDLE_QP);
	if (!qp)
		return -EBADF;
	rc = n ? post(qp, requests, n) : 0;
	handle_leave(id);
	return rc;
}

static int check_receive(const struct qp *qp, const struct dsa_receive_request *request)
{
	if (request->num_sge > qp->granted.max_recv_sge)
		return -EINVAL;
	return request->num_sge > 1 && !request->address ? -EFAULT : 0;
}

static int post_receive(struct qp *qp, const struct dsa_receive_request *request)
{
	struct ibv_sge single = { .addr = request->address, .length = request->length, .lkey = request->lkey };
	struct ibv_recv_wr wr = {
		.wr_id = request->wr_id,
		.sg_list = request->num_sge > 1 ? (struct ibv_sge *)(uintptr_t)request->address : &single,
		.num_sge = (int)request->num_sge,
	};
	struct ibv_recv_wr *bad;

	errno = 0;
	return negated(ibv_post_recv(qp->ibv, &wr, &bad));
}

int dsa_post_recv(int64_t id, const struct dsa_receive_request *requests, uint32_t n, uint32_t *posted)
{
	struct qp *qp;
	uint32_t i = 0;
	int rc = 0;

	if (posted)
		*posted = 0;
	if (n && !requests)
		return -EFAULT;
	qp = handle_enter(id, HANDLE_QP);
	if (!qp)
		return -EBADF;
	while (i < n && !rc) {
		rc = check_receive(qp, &requests[i]);
		if (!rc)
			rc = post_receive(qp, &requests[i]);
		if (!rc)
			i++;
	}
	if (posted)
		*posted = i;
	handle_leave(id);
	return rc;
}

int post_checked_send(struct qp *qp, struct ibv_send_wr *list)
{
	const uint64_t can = LIST_OPS & (qp->extended ? qp->send_ops : LIST_OPS);
	struct ibv_send_wr *bad;
	uint32_t n = 0;
	int rc;

	if (!atomic_load_explicit(&qp->connected, memory_order_acquire))
		return -ENOTCONN;
	for (const struct ibv_send_wr *wr = list; wr; wr = wr->next) {
		uint32_t opcode = (uint32_t)wr->opcode;

		if (++n > qp->granted.max_send_wr)
			return -ENOMEM;
		if (opcode > DSA_OP_SEND_INV || !(can & operations[opcode].send_op))
			return -EOPNOTSUPP;
		if (wr->num_sge < 0 || (uint32_t)wr->num_sge > qp->granted.max_send_sge || (wr->send_flags & ~ALL_FLAGS))
			return -EINVAL;
		if (wr->num_sge && !wr->sg_list)
			return -EFAULT;
		if (wr->send_flags & IBV_SEND_INLINE) {
			rc = operations[opcode].inline_data ? check_inline(qp, wr->sg_list, (uint32_t)wr->num_sge) : -EINVAL;
			if (rc)
				return rc;
		}
	}
	errno = 0;
	return negated(ibv_post_send(qp->ibv, list, &bad));
}

int post_checked_recv(struct qp *qp, struct ibv_recv_wr *list)
{
	struct ibv_recv_wr *bad;
	uint32_t n = 0;

	for (const struct ibv_recv_wr *wr = list; wr; wr = wr->next) {
		if (++n > qp->granted.max_recv_wr)
			return -ENOMEM;
		if (wr->num_sge < 0 || (uint32_t)wr->num_sge > qp->granted.max_recv_sge)
			return -EINVAL;
		if (wr->num_sge && !wr->sg_list)
			return -EFAULT;
	}
	errno = 0;
	return negated(ibv_post_recv(qp->ibv, list, &bad));
}
