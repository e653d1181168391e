/* SPDX-License-Identifier: Apache-2.0 */

/* async_event.c - what a device says unasked */

#include "device.h"
#include "dsa_verbs.h"
#include "error.h"
#include "handle.h"

#include <errno.h>
#include <string.h>

_Static_assert(sizeof(struct dsa_async_event) == 24, "layout of dsa_async_event");

static void copy_event(struct dsa_async_event *out, const struct ibv_async_event *event)
{
	memset(out, 0, sizeof(*out));
	out->type = event->event_type;
	out->id = DSA_NO_ID;
	switch (event->event_type) {
	case IBV_EVENT_CQ_ERR:
		out->id = (int64_t)(intptr_t)event->element.cq->cq_context;
		break;
	case IBV_EVENT_QP_FATAL:
	case IBV_EVENT_QP_REQ_ERR:
	case IBV_EVENT_QP_ACCESS_ERR:
	case IBV_EVENT_COMM_EST:
	case IBV_EVENT_SQ_DRAINED:
	case IBV_EVENT_PATH_MIG:
	case IBV_EVENT_PATH_MIG_ERR:
	case IBV_EVENT_QP_LAST_WQE_REACHED:
		out->id = (int64_t)(intptr_t)event->element.qp->qp_context;
		out->qp_num = event->element.qp->qp_num;
		break;
	case IBV_EVENT_PORT_ACTIVE:
	case IBV_EVENT_PORT_ERR:
	case IBV_EVENT_LID_CHANGE:
	case IBV_EVENT_PKEY_CHANGE:
	case IBV_EVENT_SM_CHANGE:
	case IBV_EVENT_CLIENT_REREGISTER:
	case IBV_EVENT_GID_CHANGE:
		out->port = (uint32_t)event->element.port_num;
		break;
	default:
		break;
	}
}

int dsa_get_async_event(int64_t id, struct dsa_async_event *event, int32_t timeout_ms)
{
	struct deadline deadline = deadline_after(timeout_ms);
	struct ibv_async_event taken;
	struct device *device;
	int rc;

	if (!event)
		return -EFAULT;
	device = handle_enter(id, HANDLE_CONTEXT);
	if (!device)
		return -EBADF;
	while ((rc = wake_wait(&device->wake, id, device->context->async_fd, deadline)) == 1) {
		errno = 0;
		if (ibv_get_async_event(device->context, &taken)) {
			if (errno == EAGAIN || errno == EINTR)
				continue; /* another thread was faster */
			rc = errno_or(EIO);
			break;
		}
		copy_event(event, &taken);
		ibv_ack_async_event(&taken);
		break;
	}
	handle_leave(id);
	return rc;
}
