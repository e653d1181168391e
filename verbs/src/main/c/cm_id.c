/* SPDX-License-Identifier: Apache-2.0 */
#include "cm_id.h"

#include "device.h"
#include "error.h"
#include "handle.h"
#include "qp.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

_Static_assert(sizeof(struct dsa_connection_parameters) == 16, "layout of dsa_connection_parameters");

#define MAX_RETRY 7 /* three bits on the wire */
#define MAX_ACK_TIMEOUT 31

/*
 * A packet without an answer is sent six times more, 4.096 us * 2^17 = 0.54 s apart, so that a peer whose network is
 * cut is given up after some 4 s. The connection manager's own 2^19 would make that 15 s. For every id, since DiSNI has
 * no way to ask for it.
 */
#define ACK_TIMEOUT 17

int64_t cm_id_of(const struct rdma_cm_id *rdma)
{
	return rdma ? (int64_t)(intptr_t)rdma->context : 0;
}

/* CM_CALL - 0 or -errno of a function of librdmacm, which returns nonzero and sets errno */
#define CM_CALL(call)                                   \
	({                                              \
		errno = 0;                              \
		(call) ? errno_or(EIO) : 0;             \
	})

static int set_ack_timeout(struct rdma_cm_id *rdma, uint8_t timeout)
{
	return CM_CALL(rdma_set_option(rdma, RDMA_OPTION_ID, RDMA_OPTION_ID_ACK_TIMEOUT, &timeout, sizeof(timeout)));
}

static struct cm_id *cm_id_new(struct cm_channel *channel)
{
	struct cm_id *cm = calloc(1, sizeof(*cm));

	if (!cm)
		return NULL;
	cm->channel = channel;
	pthread_mutex_init(&cm->lock, NULL);
	pthread_mutex_init(&cm->note_lock, NULL);
	return cm;
}

static void cm_id_free(struct cm_id *cm)
{
	pthread_mutex_destroy(&cm->note_lock);
	pthread_mutex_destroy(&cm->lock);
	free(cm);
}

int64_t cm_id_adopt(struct cm_channel *channel, struct rdma_cm_id *rdma)
{
	struct cm_id *cm;
	int64_t id = set_ack_timeout(rdma, ACK_TIMEOUT);

	if (id)
		return id;
	cm = cm_id_new(channel);
	if (!cm)
		return -ENOMEM;
	id = handle_reserve(HANDLE_CM_ID);
	if (id < 0) {
		cm_id_free(cm);
		return id;
	}
	cm->id = id;
	cm->rdma = rdma;
	rdma->context = (void *)(intptr_t)id;
	cm_channel_get(channel);
	handle_publish(id, cm);
	return id;
}

int64_t dsa_create_id(int64_t channel_id)
{
	struct cm_channel *channel = handle_enter(channel_id, HANDLE_EVENT_CHANNEL);
	struct rdma_cm_id *rdma;
	int64_t id;

	if (!channel)
		return -EBADF;
	id = CM_CALL(rdma_create_id(channel->rdma, &rdma, NULL, RDMA_PS_TCP));
	if (id)
		goto out;
	id = cm_id_adopt(channel, rdma);
	if (id < 0)
		rdma_destroy_id(rdma);
out:
	handle_leave(channel_id);
	return id;
}

int dsa_destroy_id(int64_t id)
{
	struct cm_id *cm = handle_close(id, HANDLE_CM_ID);
	int rc;

	if (!cm)
		return -EBADF;
	handle_drain(id);
	if (cm->qp) {
		qp_destroy(cm, cm->qp);
		cm->qp = NULL;
	}
	rc = CM_CALL(rdma_destroy_id(cm->rdma));
	if (rc) {
		handle_reopen(id);
		return rc;
	}
	handle_retire(id);
	cm_channel_put(cm->channel);
	cm_id_free(cm);
	return 0;
}

/* Enters a cm id and takes its lock. */
static struct cm_id *cm_id_lock(int64_t id)
{
	struct cm_id *cm = handle_enter(id, HANDLE_CM_ID);

	if (cm)
		pthread_mutex_lock(&cm->lock);
	return cm;
}

static int cm_id_unlock(struct cm_id *cm, int rc)
{
	pthread_mutex_unlock(&cm->lock);
	handle_leave(cm->id);
	return rc;
}

/* For calls that change the addresses or the device, which others read under the channel's lock. None of them waits for the network. */
#define WITH_CHANNEL(cm, call)                                    \
	({                                                        \
		int result_;                                      \
		pthread_mutex_lock(&(cm)->channel->lock);         \
		result_ = CM_CALL(call);                          \
		pthread_mutex_unlock(&(cm)->channel->lock);       \
		result_;                                          \
	})

/* The device of an id, or NULL: until it is known, librdmacm's functions for connections would look at it all the same. */
static struct ibv_context *device_context(struct cm_id *cm)
{
	struct ibv_context *context;

	pthread_mutex_lock(&cm->channel->lock);
	context = cm->rdma->verbs;
	pthread_mutex_unlock(&cm->channel->lock);
	return context;
}

static int copy_address(struct sockaddr_storage *out, const void *address, uint32_t length)
{
	sa_family_t family;

	if (!address)
		return -EFAULT;
	if (length < sizeof(family) || length > sizeof(*out))
		return -EINVAL;
	memset(out, 0, sizeof(*out));
	memcpy(out, address, length);
	switch (out->ss_family) {
	case AF_INET:
		memset(((struct sockaddr_in *)out)->sin_zero, 0, sizeof(((struct sockaddr_in *)out)->sin_zero));
		return length >= sizeof(struct sockaddr_in) ? 0 : -EINVAL;
	case AF_INET6:
		return length >= sizeof(struct sockaddr_in6) ? 0 : -EINVAL;
	default:
		return -EAFNOSUPPORT;
	}
}

int dsa_bind_addr(int64_t id, const void *address, uint32_t length)
{
	struct sockaddr_storage storage;
	struct cm_id *cm;
	int rc = copy_address(&storage, address, length);

	if (rc)
		return rc;
	cm = cm_id_lock(id);
	if (!cm)
		return -EBADF;
	return cm_id_unlock(cm, WITH_CHANNEL(cm, rdma_bind_addr(cm->rdma, (struct sockaddr *)&storage)));
}

int dsa_listen(int64_t id, int32_t backlog)
{
	struct cm_id *cm = cm_id_lock(id);

	if (!cm)
		return -EBADF;
	return cm_id_unlock(cm, WITH_CHANNEL(cm, rdma_listen(cm->rdma, backlog)));
}

int dsa_resolve_addr(int64_t id, const void *source, uint32_t source_length, const void *destination, uint32_t destination_length,
		     int32_t timeout_ms)
{
	struct sockaddr_storage from, to;
	struct cm_id *cm;
	int rc = copy_address(&to, destination, destination_length);

	if (!rc && source)
		rc = copy_address(&from, source, source_length);
	if (rc)
		return rc;
	if (timeout_ms <= 0)
		return -EINVAL;
	cm = cm_id_lock(id);
	if (!cm)
		return -EBADF;
	rc = WITH_CHANNEL(cm, rdma_resolve_addr(cm->rdma, source ? (struct sockaddr *)&from : NULL, (struct sockaddr *)&to, timeout_ms));
	return cm_id_unlock(cm, rc);
}

int dsa_resolve_route(int64_t id, int32_t timeout_ms)
{
	struct cm_id *cm;

	if (timeout_ms <= 0)
		return -EINVAL;
	cm = cm_id_lock(id);
	if (!cm)
		return -EBADF;
	return cm_id_unlock(cm, device_context(cm) ? WITH_CHANNEL(cm, rdma_resolve_route(cm->rdma, timeout_ms)) : -ENODEV);
}

/* Checks parameters and puts them into librdmacm's form. */
static int convert(struct rdma_conn_param *out, const struct dsa_connection_parameters *in, uint32_t max_data)
{
	if (in->retry_count > MAX_RETRY || in->rnr_retry_count > MAX_RETRY || in->private_data_length > max_data)
		return -EINVAL;
	if (in->private_data_length && !in->private_data)
		return -EFAULT;
	*out = (struct rdma_conn_param){
		.private_data = (const void *)(uintptr_t)in->private_data,
		.private_data_len = (uint8_t)in->private_data_length,
		.responder_resources = in->responder_resources,
		.initiator_depth = in->initiator_depth,
		.retry_count = in->retry_count,
		.rnr_retry_count = in->rnr_retry_count,
	};
	return 0;
}

int dsa_connect(int64_t id, const struct dsa_connection_parameters *parameters)
{
	struct rdma_conn_param param;
	struct cm_id *cm;
	int rc;

	if (!parameters)
		return -EFAULT;
	rc = convert(&param, parameters, CM_CONNECT_DATA);
	if (rc)
		return rc;
	cm = cm_id_lock(id);
	if (!cm)
		return -EBADF;
	rc = cm->qp ? CM_CALL(rdma_connect(cm->rdma, &param)) : -ENOTCONN;
	return cm_id_unlock(cm, rc);
}

static int accept_locked(struct cm_id *cm, struct rdma_conn_param *param)
{
	int rc;

	if (!cm->qp)
		return -ENOTCONN;
	rc = CM_CALL(rdma_accept(cm->rdma, param));
	if (!rc)
		qp_established(cm->qp);
	return rc;
}

int dsa_accept(int64_t id, const struct dsa_connection_parameters *parameters)
{
	struct rdma_conn_param param;
	struct cm_id *cm;
	int rc;

	if (!parameters)
		return -EFAULT;
	rc = convert(&param, parameters, CM_ACCEPT_DATA);
	if (rc)
		return rc;
	cm = cm_id_lock(id);
	if (!cm)
		return -EBADF;
	return cm_id_unlock(cm, accept_locked(cm, &param));
}

int cm_id_accept_noted(int64_t id, struct dsa_connection_parameters parameters)
{
	uint8_t data[CM_ACCEPT_DATA];
	struct rdma_conn_param param;
	struct cm_id *cm;
	int rc;

	cm = cm_id_lock(id);
	if (!cm)
		return -EBADF;
	pthread_mutex_lock(&cm->note_lock);
	memcpy(data, cm->accept_data, cm->accept_data_length);
	parameters.private_data = cm->accept_data_length ? (uintptr_t)data : 0;
	parameters.private_data_length = cm->accept_data_length;
	pthread_mutex_unlock(&cm->note_lock);
	rc = convert(&param, &parameters, CM_ACCEPT_DATA);
	if (!rc)
		rc = accept_locked(cm, &param);
	return cm_id_unlock(cm, rc);
}

int dsa_reject(int64_t id, const void *private_data, uint32_t length)
{
	struct cm_id *cm;

	if (length > CM_REJECT_DATA)
		return -EINVAL;
	if (length && !private_data)
		return -EFAULT;
	cm = cm_id_lock(id);
	if (!cm)
		return -EBADF;
	return cm_id_unlock(cm, device_context(cm) ? CM_CALL(rdma_reject(cm->rdma, private_data, (uint8_t)length)) : -ENODEV);
}

int dsa_disconnect(int64_t id)
{
	struct cm_id *cm = cm_id_lock(id);

	if (!cm)
		return -EBADF;
	return cm_id_unlock(cm, device_context(cm) ? CM_CALL(rdma_disconnect(cm->rdma)) : -ENODEV);
}

int dsa_set_ack_timeout(int64_t id, uint32_t timeout)
{
	struct cm_id *cm;

	if (timeout > MAX_ACK_TIMEOUT)
		return -EINVAL;
	cm = cm_id_lock(id);
	if (!cm)
		return -EBADF;
	return cm_id_unlock(cm, set_ack_timeout(cm->rdma, (uint8_t)timeout));
}

int dsa_set_reuseaddr(int64_t id, int32_t on)
{
	int value = on != 0;
	struct cm_id *cm = cm_id_lock(id);

	if (!cm)
		return -EBADF;
	return cm_id_unlock(cm, CM_CALL(rdma_set_option(cm->rdma, RDMA_OPTION_ID, RDMA_OPTION_ID_REUSEADDR, &value, sizeof(value))));
}

int dsa_set_accept_private_data(int64_t id, const void *data, uint32_t length)
{
	struct cm_id *cm;

	if (length > CM_ACCEPT_DATA)
		return -EINVAL;
	if (length && !data)
		return -EFAULT;
	cm = handle_enter(id, HANDLE_CM_ID);
	if (!cm)
		return -EBADF;
	pthread_mutex_lock(&cm->note_lock);
	if (length)
		memcpy(cm->accept_data, data, length);
	cm->accept_data_length = length;
	pthread_mutex_unlock(&cm->note_lock);
	handle_leave(id);
	return 0;
}

void cm_id_note(struct cm_id *cm, const struct dsa_cm_event *event)
{
	pthread_mutex_lock(&cm->note_lock);
	cm->noted = true;
	cm->event = event->event;
	cm->status = event->status;
	if (event->private_data_length) {
		cm->private_data_length = event->private_data_length;
		memcpy(cm->private_data, event->private_data, event->private_data_length);
	}
	pthread_mutex_unlock(&cm->note_lock);
}

void cm_id_established(struct cm_id *cm)
{
	/* Destroying a queue pair takes the channel's lock, and its context is its id. */
	struct ibv_qp *ibv = cm->rdma->qp;
	int64_t id = ibv ? (int64_t)(intptr_t)ibv->qp_context : 0;
	struct qp *qp = handle_enter(id, HANDLE_QP);

	if (!qp)
		return;
	qp_established(qp);
	handle_leave(id);
}

int dsa_private_data(int64_t id, void *buffer, uint32_t capacity)
{
	struct cm_id *cm;
	uint32_t length;

	if (capacity && !buffer)
		return -EFAULT;
	cm = handle_enter(id, HANDLE_CM_ID);
	if (!cm)
		return -EBADF;
	pthread_mutex_lock(&cm->note_lock);
	length = cm->private_data_length;
	if (capacity)
		memcpy(buffer, cm->private_data, length < capacity ? length : capacity);
	pthread_mutex_unlock(&cm->note_lock);
	handle_leave(id);
	return (int)length;
}

int dsa_event_status(int64_t id, uint32_t *event, int32_t *status)
{
	struct cm_id *cm = handle_enter(id, HANDLE_CM_ID);
	int rc = -ENODATA;

	if (!cm)
		return -EBADF;
	pthread_mutex_lock(&cm->note_lock);
	if (cm->noted) {
		if (event)
			*event = cm->event;
		if (status)
			*status = cm->status;
		rc = 0;
	}
	pthread_mutex_unlock(&cm->note_lock);
	handle_leave(id);
	return rc;
}

int dsa_get_port(int64_t id)
{
	struct cm_id *cm = cm_id_lock(id);

	if (!cm)
		return -EBADF;
	return cm_id_unlock(cm, ntohs(rdma_get_src_port(cm->rdma)));
}

/* Copies the local or the peer's address, which taking an event can change. */
static int get_address(int64_t id, void *buffer, uint32_t capacity, bool peer)
{
	const struct sockaddr *address;
	struct cm_id *cm;
	uint32_t length;
	int rc;

	if (!buffer)
		return -EFAULT;
	cm = handle_enter(id, HANDLE_CM_ID);
	if (!cm)
		return -EBADF;
	pthread_mutex_lock(&cm->channel->lock);
	address = peer ? rdma_get_peer_addr(cm->rdma) : rdma_get_local_addr(cm->rdma);
	switch (address->sa_family) {
	case AF_INET:
		length = sizeof(struct sockaddr_in);
		break;
	case AF_INET6:
		length = sizeof(struct sockaddr_in6);
		break;
	default:
		length = 0;
	}
	if (length > capacity) {
		rc = -ENOSPC;
	} else {
		memcpy(buffer, address, length);
		rc = (int)length;
	}
	pthread_mutex_unlock(&cm->channel->lock);
	handle_leave(id);
	return rc;
}

int dsa_local_address(int64_t id, void *buffer, uint32_t capacity)
{
	return get_address(id, buffer, capacity, false);
}

int dsa_peer_address(int64_t id, void *buffer, uint32_t capacity)
{
	return get_address(id, buffer, capacity, true);
}

int64_t dsa_context(int64_t id)
{
	struct cm_id *cm = handle_enter(id, HANDLE_CM_ID);
	struct ibv_context *context;

	if (!cm)
		return -EBADF;
	context = device_context(cm);
	handle_leave(id);
	return context ? device_id_of(context) : -ENODEV;
}
