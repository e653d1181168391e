/* SPDX-License-Identifier: Apache-2.0 */

/*
 * jni_cm.c - the connection methods of com.ibm.disni.verbs.impl.NativeDispatcher
 *
 * Methods that DiSNI declares to throw do so; of the others it looks at -1 at most.
 */

#include "cm_id.h"
#include "dsa_verbs.h"
#include "handle.h"
#include "jni_error.h"

#include <errno.h>
#include <jni.h>
#include <netinet/in.h>
#include <rdma/rdma_cma.h>
#include <string.h>

#define METHOD(name) Java_com_ibm_disni_verbs_impl_NativeDispatcher__1##name

#define DEPTH_MAX_OF_BOTH 0xff
#define DISNI_SGE 4 /* DiSNI's call has no place for it; its own users send one or two elements */

JNIEXPORT jlong JNICALL METHOD(createEventChannel)(JNIEnv *env, jobject self)
{
	(void)self;
	return jni_check(env, "rdma_create_event_channel", dsa_create_event_channel());
}

JNIEXPORT jint JNICALL METHOD(destroyEventChannel)(JNIEnv *env, jobject self, jlong channel)
{
	(void)env, (void)self;
	return dsa_destroy_event_channel(channel) ? -1 : 0;
}

JNIEXPORT jlong JNICALL METHOD(createId)(JNIEnv *env, jobject self, jlong channel, jshort port_space)
{
	(void)self;
	return jni_check(env, "rdma_create_id", port_space == RDMA_PS_TCP ? dsa_create_id(channel) : -EPROTONOSUPPORT);
}

JNIEXPORT jint JNICALL METHOD(destroyCmId)(JNIEnv *env, jobject self, jlong id)
{
	(void)env, (void)self;
	return dsa_destroy_id(id) ? -1 : 0;
}

JNIEXPORT jint JNICALL METHOD(destroyEp)(JNIEnv *env, jobject self, jlong id)
{
	(void)env, (void)self;
	return dsa_destroy_id(id) ? -1 : 0;
}

JNIEXPORT jlong JNICALL METHOD(createQP)(JNIEnv *env, jobject self, jlong id, jlong pd, jlong send_cq, jlong recv_cq, jint type,
					 jint max_send_wr, jint max_recv_wr, jint max_inline)
{
	struct dsa_qp_attributes attributes = { .max_send_sge = DISNI_SGE, .max_recv_sge = DISNI_SGE };
	int64_t result = -EINVAL;

	(void)self;
	if (type == IBV_QPT_RC && max_send_wr >= 0 && max_recv_wr >= 0 && max_inline >= 0) {
		attributes.max_send_wr = (uint32_t)max_send_wr;
		attributes.max_recv_wr = (uint32_t)max_recv_wr;
		attributes.max_inline_data = (uint32_t)max_inline;
		result = dsa_create_qp(id, pd, send_cq, recv_cq, &attributes, 0, DSA_SEND_OPS_BEST);
	}
	return jni_check(env, "rdma_create_qp", result);
}

JNIEXPORT jint JNICALL METHOD(destroyQP)(JNIEnv *env, jobject self, jlong id)
{
	(void)env, (void)self;
	return dsa_destroy_qp(id) ? -1 : 0;
}

JNIEXPORT void JNICALL METHOD(bindAddr)(JNIEnv *env, jobject self, jlong id, jlong address)
{
	(void)self;
	jni_check(env, "rdma_bind_addr", dsa_bind_addr(id, jni_pointer(address), sizeof(struct sockaddr_in)));
}

JNIEXPORT void JNICALL METHOD(listen)(JNIEnv *env, jobject self, jlong id, jint backlog)
{
	(void)self;
	jni_check(env, "rdma_listen", dsa_listen(id, backlog));
}

JNIEXPORT void JNICALL METHOD(resolveAddr)(JNIEnv *env, jobject self, jlong id, jlong source, jlong destination, jint timeout)
{
	(void)self;
	jni_check(env, "rdma_resolve_addr",
		  dsa_resolve_addr(id, jni_pointer(source), sizeof(struct sockaddr_in), jni_pointer(destination), sizeof(struct sockaddr_in),
				   timeout));
}

JNIEXPORT void JNICALL METHOD(resolveRoute)(JNIEnv *env, jobject self, jlong id, jint timeout)
{
	(void)self;
	jni_check(env, "rdma_resolve_route", dsa_resolve_route(id, timeout));
}

/*
 * DiSNI's endpoints know only success and DISCONNECTED: what else ends a connection they log, and wait on. So they are told
 * DISCONNECTED; dsa_event_status() has the truth. Informative events (TIMEWAIT_EXIT, ADDR_CHANGE) pass as they are.
 */
static jint as_disni_sees_it(uint32_t event)
{
	switch (event) {
	case RDMA_CM_EVENT_ADDR_ERROR:
	case RDMA_CM_EVENT_ROUTE_ERROR:
	case RDMA_CM_EVENT_CONNECT_ERROR:
	case RDMA_CM_EVENT_UNREACHABLE:
	case RDMA_CM_EVENT_REJECTED:
	case RDMA_CM_EVENT_DEVICE_REMOVAL:
		return RDMA_CM_EVENT_DISCONNECTED;
	default:
		return (jint)event;
	}
}

JNIEXPORT jint JNICALL METHOD(getCmEvent)(JNIEnv *env, jobject self, jlong channel, jlong listener, jlong id, jint timeout)
{
	struct dsa_cm_event event;
	int rc;

	(void)self;
	if (!listener || !id)
		return -1;
	rc = dsa_get_cm_event(channel, &event, timeout);
	/* DiSNI calls again at once after -1: it must not come for what will not pass. */
	if (rc < 0 && rc != -ECANCELED && rc != -EBADF && rc != -ENOMEM)
		jni_throw(env, "rdma_get_cm_event", rc);
	if (rc != 1)
		return -1;
	/* The end of a listener itself: DiSNI hands events to a listener only by this id. */
	if (event.listener == DSA_NO_ID && event.event == RDMA_CM_EVENT_DEVICE_REMOVAL)
		event.listener = event.cm_id;
	memcpy(jni_pointer(listener), &event.listener, sizeof(event.listener));
	memcpy(jni_pointer(id), &event.cm_id, sizeof(event.cm_id));
	return as_disni_sees_it(event.event);
}

/* Events are acknowledged when they are taken. */
JNIEXPORT jint JNICALL METHOD(ackCmEvent)(JNIEnv *env, jobject self, jint event)
{
	(void)env, (void)self, (void)event;
	return 0;
}

/* DiSNI keeps the counts in bytes and checks nothing. */
static bool is_retry_count(jint count)
{
	return count >= 0 && count <= 7;
}

JNIEXPORT void JNICALL METHOD(connect)(JNIEnv *env, jobject self, jlong id, jint retry, jint rnr_retry, jlong private_data, jbyte length)
{
	int rc = -EINVAL;

	(void)self;
	if (is_retry_count(retry) && is_retry_count(rnr_retry)) {
		struct dsa_connection_parameters parameters = {
			.private_data = (uint64_t)private_data,
			.private_data_length = (uint8_t)length,
			.responder_resources = DEPTH_MAX_OF_BOTH,
			.initiator_depth = DEPTH_MAX_OF_BOTH,
			.retry_count = (uint8_t)retry,
			.rnr_retry_count = (uint8_t)rnr_retry,
		};

		rc = dsa_connect(id, &parameters);
	}
	jni_check(env, "rdma_connect", rc);
}

JNIEXPORT void JNICALL METHOD(accept)(JNIEnv *env, jobject self, jlong id, jint retry, jint rnr_retry)
{
	int rc = -EINVAL;

	(void)self;
	if (is_retry_count(retry) && is_retry_count(rnr_retry)) {
		struct dsa_connection_parameters parameters = {
			.responder_resources = DEPTH_MAX_OF_BOTH,
			.initiator_depth = DEPTH_MAX_OF_BOTH,
			.retry_count = (uint8_t)retry,
			.rnr_retry_count = (uint8_t)rnr_retry,
		};

		rc = cm_id_accept_noted(id, parameters);
	}
	jni_check(env, "rdma_accept", rc);
}

JNIEXPORT jint JNICALL METHOD(disconnect)(JNIEnv *env, jobject self, jlong id)
{
	(void)env, (void)self;
	return dsa_disconnect(id) ? -1 : 0;
}

/* DiSNI has room for IPv4. */
static jint copy_ipv4(jlong id, jlong out, int (*get)(int64_t id, void *buffer, uint32_t capacity))
{
	struct sockaddr_in address;

	if (!out || get(id, &address, sizeof(address)) != sizeof(address))
		return -1;
	memcpy(jni_pointer(out), &address, sizeof(address));
	return 0;
}

JNIEXPORT jint JNICALL METHOD(getSrcAddr)(JNIEnv *env, jobject self, jlong id, jlong out)
{
	(void)env, (void)self;
	return copy_ipv4(id, out, dsa_local_address);
}

JNIEXPORT jint JNICALL METHOD(getDstAddr)(JNIEnv *env, jobject self, jlong id, jlong out)
{
	(void)env, (void)self;
	return copy_ipv4(id, out, dsa_peer_address);
}

JNIEXPORT jlong JNICALL METHOD(getContext)(JNIEnv *env, jobject self, jlong id)
{
	int64_t context = dsa_context(id);

	(void)self;
	return context == -ENODEV ? -1 : jni_check(env, "rdma_cm_id.verbs", context);
}
