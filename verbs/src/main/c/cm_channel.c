/* SPDX-License-Identifier: Apache-2.0 */
#include "cm_channel.h"

#include "cm_id.h"
#include "comp_channel.h"
#include "device.h"
#include "dsa_verbs.h"
#include "error.h"
#include "handle.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(sizeof(struct dsa_cm_event) == 296, "layout of dsa_cm_event");

void cm_channel_get(struct cm_channel *channel)
{
	atomic_fetch_add_explicit(&channel->references, 1, memory_order_relaxed);
}

void cm_channel_put(struct cm_channel *channel)
{
	if (atomic_fetch_sub_explicit(&channel->references, 1, memory_order_acq_rel) != 1)
		return;
	rdma_destroy_event_channel(channel->rdma);
	wake_destroy(&channel->wake);
	pthread_mutex_destroy(&channel->lock);
	free(channel);
}

int64_t dsa_create_event_channel(void)
{
	struct cm_channel *channel;
	int64_t id;
	int rc;

	channel = calloc(1, sizeof(*channel));
	if (!channel)
		return -ENOMEM;
	rc = wake_init(&channel->wake);
	if (rc)
		goto err_free;
	errno = 0;
	channel->rdma = rdma_create_event_channel();
	if (!channel->rdma) {
		rc = errno_or(ENODEV);
		goto err_wake;
	}
	rc = set_nonblocking(channel->rdma->fd);
	if (rc)
		goto err_channel;
	id = handle_reserve(HANDLE_EVENT_CHANNEL);
	if (id < 0) {
		rc = (int)id;
		goto err_channel;
	}
	pthread_mutex_init(&channel->lock, NULL);
	atomic_init(&channel->references, 1);
	channel->id = id;
	handle_publish(id, channel);
	return id;

err_channel:
	rdma_destroy_event_channel(channel->rdma);
err_wake:
	wake_destroy(&channel->wake);
err_free:
	free(channel);
	return rc;
}

int dsa_destroy_event_channel(int64_t id)
{
	struct cm_channel *channel = handle_close(id, HANDLE_EVENT_CHANNEL);

	if (!channel)
		return -EBADF;
	wake_all(&channel->wake);
	handle_drain(id);
	handle_retire(id);
	cm_channel_put(channel);
	return 0;
}

static void copy_event(struct dsa_cm_event *out, const struct rdma_cm_event *event)
{
	memset(out, 0, offsetof(struct dsa_cm_event, private_data));
	out->event = event->event;
	out->status = event->status;
	out->listener = DSA_NO_ID;
	out->cm_id = DSA_NO_ID;
	switch (event->event) {
	case RDMA_CM_EVENT_CONNECT_REQUEST:
	case RDMA_CM_EVENT_CONNECT_RESPONSE:
	case RDMA_CM_EVENT_ESTABLISHED:
	case RDMA_CM_EVENT_REJECTED:
	case RDMA_CM_EVENT_DISCONNECTED:
		break;
	default:
		return;
	}
	out->responder_resources = event->param.conn.responder_resources;
	out->initiator_depth = event->param.conn.initiator_depth;
	out->retry_count = event->param.conn.retry_count;
	out->rnr_retry_count = event->param.conn.rnr_retry_count;
	out->qp_num = event->param.conn.qp_num;
	if (event->param.conn.private_data && event->param.conn.private_data_len) {
		out->private_data_length = event->param.conn.private_data_len;
		memcpy(out->private_data, event->param.conn.private_data, out->private_data_length);
	}
}

/*
 * Takes one event, if there is any, and acknowledges it.
 *
 * Returns 1, 0 when there was none for the caller, or -errno.
 */
static int take_event(struct cm_channel *channel, struct dsa_cm_event *out)
{
	struct rdma_cm_id *orphan = NULL;
	struct rdma_cm_event *event;
	struct cm_id *about;
	int64_t about_id;
	int rc = 0;

	pthread_mutex_lock(&channel->lock);
	errno = 0;
	if (rdma_get_cm_event(channel->rdma, &event)) {
		rc = errno == EAGAIN || errno == EINTR ? 0 : errno_or(EIO);
		goto out;
	}
	copy_event(out, event);
	if (event->event == RDMA_CM_EVENT_CONNECT_REQUEST) {
		int64_t listener = cm_id_of(event->listen_id);

		about_id = handle_enter(listener, HANDLE_CM_ID) ? cm_id_adopt(channel, event->id) : -EBADF;
		if (about_id != -EBADF)
			handle_leave(listener);
		if (about_id < 0) {
			orphan = event->id;
			rc = about_id == -EBADF ? 0 : (int)about_id;
		} else {
			out->listener = listener;
		}
	} else {
		about_id = cm_id_of(event->id);
	}
	about = handle_enter(about_id, HANDLE_CM_ID);
	if (about) {
		out->cm_id = about_id;
		cm_id_note(about, out);
		if (out->event == RDMA_CM_EVENT_ESTABLISHED)
			cm_id_established(about);
		handle_leave(about_id);
		rc = 1;
	}
	rdma_ack_cm_event(event);
out:
	pthread_mutex_unlock(&channel->lock);
	if (orphan)
		rdma_destroy_id(orphan); /* waits for the acknowledgement; rejects the request */
	return rc;
}

int dsa_get_cm_event(int64_t id, struct dsa_cm_event *event, int32_t timeout_ms)
{
	struct deadline deadline = deadline_after(timeout_ms);
	struct cm_channel *channel;
	int rc;

	if (!event)
		return -EFAULT;
	channel = handle_enter(id, HANDLE_EVENT_CHANNEL);
	if (!channel)
		return -EBADF;
	do {
		rc = wake_wait(&channel->wake, id, channel->rdma->fd, deadline);
		if (rc == 1)
			rc = take_event(channel, event);
		else
			break;
	} while (rc == 0);
	handle_leave(id);
	return rc;
}

/* The wake of whatever can be waited on; the caller leaves the handle. */
static struct wake *enter_waitable(int64_t id)
{
	struct cm_channel *cm;
	struct comp_channel *comp;
	struct device *device;

	switch (handle_kind_of(id)) {
	case HANDLE_EVENT_CHANNEL:
		cm = handle_enter(id, HANDLE_EVENT_CHANNEL);
		return cm ? &cm->wake : NULL;
	case HANDLE_COMP_CHANNEL:
		comp = handle_enter(id, HANDLE_COMP_CHANNEL);
		return comp ? &comp->wake : NULL;
	case HANDLE_CONTEXT:
		device = handle_enter(id, HANDLE_CONTEXT);
		return device ? &device->wake : NULL;
	default:
		return NULL;
	}
}

int dsa_wake_channel(int64_t id)
{
	struct wake *wake = enter_waitable(id);
	int rc;

	if (!wake)
		return -EBADF;
	rc = wake_one(wake);
	handle_leave(id);
	return rc;
}
