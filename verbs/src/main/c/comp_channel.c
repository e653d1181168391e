/* SPDX-License-Identifier: Apache-2.0 */
#include "comp_channel.h"

#include "device.h"
#include "dsa_verbs.h"
#include "error.h"
#include "handle.h"

#include <errno.h>
#include <stdlib.h>

void comp_channel_get(struct comp_channel *channel)
{
	atomic_fetch_add_explicit(&channel->references, 1, memory_order_relaxed);
}

void comp_channel_put(struct comp_channel *channel)
{
	if (atomic_fetch_sub_explicit(&channel->references, 1, memory_order_acq_rel) != 1)
		return;
	ibv_destroy_comp_channel(channel->ibv);
	wake_destroy(&channel->wake);
	free(channel);
}

int64_t dsa_create_comp_channel(int64_t context)
{
	struct device *device = handle_enter(context, HANDLE_CONTEXT);
	struct comp_channel *channel;
	int64_t id;
	int rc;

	if (!device)
		return -EBADF;
	channel = calloc(1, sizeof(*channel));
	if (!channel) {
		rc = -ENOMEM;
		goto err_leave;
	}
	rc = wake_init(&channel->wake);
	if (rc)
		goto err_free;
	errno = 0;
	channel->ibv = ibv_create_comp_channel(device->context);
	if (!channel->ibv) {
		rc = errno_or(ENOMEM);
		goto err_wake;
	}
	rc = set_nonblocking(channel->ibv->fd);
	if (rc)
		goto err_channel;
	id = handle_reserve(HANDLE_COMP_CHANNEL);
	if (id < 0) {
		rc = (int)id;
		goto err_channel;
	}
	atomic_init(&channel->references, 1);
	handle_publish(id, channel);
	handle_leave(context);
	return id;

err_channel:
	ibv_destroy_comp_channel(channel->ibv);
err_wake:
	wake_destroy(&channel->wake);
err_free:
	free(channel);
err_leave:
	handle_leave(context);
	return rc;
}

int dsa_destroy_comp_channel(int64_t id)
{
	struct comp_channel *channel = handle_close(id, HANDLE_COMP_CHANNEL);

	if (!channel)
		return -EBADF;
	wake_all(&channel->wake);
	handle_drain(id);
	handle_retire(id);
	comp_channel_put(channel);
	return 0;
}

static int wait_event(int64_t id, int64_t *cq_id, struct deadline deadline)
{
	struct comp_channel *channel = handle_enter(id, HANDLE_COMP_CHANNEL);
	struct ibv_cq *cq;
	void *cq_context;
	int rc;

	if (!channel)
		return -EBADF;
	while ((rc = wake_wait(&channel->wake, id, channel->ibv->fd, deadline)) == 1) {
		errno = 0;
		if (ibv_get_cq_event(channel->ibv, &cq, &cq_context)) {
			if (errno == EAGAIN || errno == EINTR)
				continue; /* another thread was faster */
			rc = errno_or(EIO);
			break;
		}
		/* Until the acknowledgement nobody can destroy the queue. */
		ibv_ack_cq_events(cq, 1);
		if (cq_id)
			*cq_id = (int64_t)(intptr_t)cq_context;
		break;
	}
	handle_leave(id);
	return rc;
}

int dsa_wait_cq_event(int64_t id, int64_t *cq_id, int32_t timeout_ms)
{
	return wait_event(id, cq_id, deadline_after(timeout_ms));
}

int dsa_await_cq(int64_t cq, int64_t channel, void *completions, int32_t n, int64_t timeout_ns)
{
	struct deadline deadline = deadline_after_ns(timeout_ns);

	/* The queue is entered only for moments, so that destroying it does not wait for the end of this. */
	for (;;) {
		int rc = dsa_req_notify_cq(cq, 0);
		int waited;

		if (!rc)
			rc = dsa_poll_cq(cq, completions, n);
		if (rc)
			return rc;
		waited = wait_event(channel, NULL, deadline);
		if (waited < 0 && waited != -ECANCELED)
			return waited;
		rc = dsa_poll_cq(cq, completions, n);
		if (rc || waited != 1)
			return rc ? rc : waited;
	}
}
