/* SPDX-License-Identifier: Apache-2.0 */

/* jni_verbs.c - the verbs methods of com.ibm.disni.verbs.impl.NativeDispatcher */

#include "cq.h"
#include "device.h"
#include "dsa_verbs.h"
#include "handle.h"
#include "jni_error.h"
#include "mr.h"
#include "pd.h"
#include "post.h"
#include "qp.h"

#include <errno.h>
#include <infiniband/verbs.h>
#include <jni.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>

#define METHOD(name) Java_com_ibm_disni_verbs_impl_NativeDispatcher__1##name

#define JVERBS_VERSION 32 /* what DiSNI 2.1's constructor insists on */

/* What DiSNI's own serialisation assumes; it asks for the numbers that are methods below and has the rest built in. */
_Static_assert(sizeof(struct ibv_send_wr) == 128 && offsetof(struct ibv_send_wr, next) == 8 && offsetof(struct ibv_send_wr, sg_list) == 16 &&
		       offsetof(struct ibv_send_wr, num_sge) == 24 && offsetof(struct ibv_send_wr, opcode) == 28 &&
		       offsetof(struct ibv_send_wr, send_flags) == 32 && offsetof(struct ibv_send_wr, imm_data) == 36,
	       "struct ibv_send_wr");
_Static_assert(sizeof(struct ibv_recv_wr) == 32 && offsetof(struct ibv_recv_wr, num_sge) == 24, "struct ibv_recv_wr");
_Static_assert(sizeof(struct ibv_sge) == 16 && offsetof(struct ibv_sge, length) == 8 && offsetof(struct ibv_sge, lkey) == 12, "struct ibv_sge");
_Static_assert(sizeof(struct ibv_wc) == 48 && offsetof(struct ibv_wc, opcode) == 12 && offsetof(struct ibv_wc, qp_num) == 28 &&
		       offsetof(struct ibv_wc, wc_flags) == 36,
	       "struct ibv_wc");

JNIEXPORT jlong JNICALL METHOD(allocPd)(JNIEnv *env, jobject self, jlong context)
{
	(void)self;
	return jni_check(env, "ibv_alloc_pd", dsa_alloc_pd(context));
}

JNIEXPORT jint JNICALL METHOD(deallocPd)(JNIEnv *env, jobject self, jlong pd)
{
	(void)env, (void)self;
	return dsa_dealloc_pd(pd) ? -1 : 0;
}

JNIEXPORT jlong JNICALL METHOD(createCompChannel)(JNIEnv *env, jobject self, jlong context)
{
	(void)self;
	return jni_check(env, "ibv_create_comp_channel", dsa_create_comp_channel(context));
}

JNIEXPORT jint JNICALL METHOD(destroyCompChannel)(JNIEnv *env, jobject self, jlong channel)
{
	(void)env, (void)self;
	return dsa_destroy_comp_channel(channel) ? -1 : 0;
}

JNIEXPORT jlong JNICALL METHOD(createCQ)(JNIEnv *env, jobject self, jlong context, jlong channel, jint depth, jint vector)
{
	(void)self;
	return jni_check(env, "ibv_create_cq", dsa_create_cq(context, channel, depth, vector));
}

JNIEXPORT jint JNICALL METHOD(destroyCQ)(JNIEnv *env, jobject self, jlong cq)
{
	(void)env, (void)self;
	return dsa_destroy_cq(cq) ? -1 : 0;
}

/* DiSNI has no way to say what to change. */
JNIEXPORT jint JNICALL METHOD(modifyQP)(JNIEnv *env, jobject self, jlong qp, jlong attributes)
{
	(void)self, (void)qp, (void)attributes;
	jni_throw(env, "ibv_modify_qp", -EOPNOTSUPP);
	return -1;
}

JNIEXPORT jlong JNICALL METHOD(regMr)(JNIEnv *env, jobject self, jlong pd, jlong address, jint length, jint access, jlong lkey_out,
				      jlong rkey_out, jlong handle_out)
{
	uint32_t lkey, rkey, handle;
	int64_t mr;

	(void)self;
	if (length < 0)
		return jni_check(env, "ibv_reg_mr", -EINVAL);
	if (!lkey_out || !rkey_out || !handle_out)
		return jni_check(env, "ibv_reg_mr", -EFAULT);
	mr = dsa_reg_mr(pd, (uint64_t)address, (uint64_t)length, (uint32_t)access, &lkey, &rkey);
	if (mr < 0)
		return jni_check(env, "ibv_reg_mr", mr);
	handle = (uint32_t)mr_handle(mr);
	memcpy(jni_pointer(lkey_out), &lkey, sizeof(lkey));
	memcpy(jni_pointer(rkey_out), &rkey, sizeof(rkey));
	memcpy(jni_pointer(handle_out), &handle, sizeof(handle));
	return mr;
}

JNIEXPORT void JNICALL METHOD(deregMr)(JNIEnv *env, jobject self, jlong mr)
{
	(void)self;
	jni_check(env, "ibv_dereg_mr", dsa_dereg_mr(mr));
}

JNIEXPORT jint JNICALL METHOD(queryOdpSupport)(JNIEnv *env, jobject self, jlong context)
{
	struct device *device = handle_enter(context, HANDLE_CONTEXT);
	jint caps = -1;

	(void)env, (void)self;
	if (!device)
		return -1;
	if (device->features & DSA_FEATURE_ON_DEMAND_PAGING)
		caps = (jint)(device->attributes.odp_caps.per_transport_caps.rc_odp_caps & INT32_MAX);
	handle_leave(context);
	return caps;
}

JNIEXPORT jint JNICALL METHOD(expPrefetchMr)(JNIEnv *env, jobject self, jlong mr, jlong address, jint length)
{
	int rc = length < 0 ? -EINVAL : mr_prefetch(mr, (uint64_t)address, (uint32_t)length);

	(void)self;
	if (rc == -EBADF)
		jni_throw(env, "ibv_advise_mr", rc);
	return rc ? -1 : 0;
}

JNIEXPORT void JNICALL METHOD(postSend)(JNIEnv *env, jobject self, jlong id, jlong list)
{
	struct qp *qp;

	(void)self;
	if (!list) {
		jni_throw(env, "ibv_post_send", -EFAULT);
		return;
	}
	qp = handle_enter(id, HANDLE_QP);
	if (!qp) {
		jni_throw(env, "ibv_post_send", -EBADF);
		return;
	}
	jni_check(env, "ibv_post_send", post_checked_send(qp, jni_pointer(list)));
	handle_leave(id);
}

JNIEXPORT void JNICALL METHOD(postRecv)(JNIEnv *env, jobject self, jlong id, jlong list)
{
	struct qp *qp;

	(void)self;
	if (!list) {
		jni_throw(env, "ibv_post_recv", -EFAULT);
		return;
	}
	qp = handle_enter(id, HANDLE_QP);
	if (!qp) {
		jni_throw(env, "ibv_post_recv", -EBADF);
		return;
	}
	jni_check(env, "ibv_post_recv", post_checked_recv(qp, jni_pointer(list)));
	handle_leave(id);
}

JNIEXPORT jint JNICALL METHOD(getCqEvent)(JNIEnv *env, jobject self, jlong channel, jint timeout)
{
	int rc = dsa_wait_cq_event(channel, NULL, timeout);

	(void)self;
	if (rc == 1)
		return 0;
	if (rc < 0 && rc != -ECANCELED)
		jni_throw(env, "ibv_get_cq_event", rc);
	return -1;
}

/* Events are acknowledged when they are taken. */
JNIEXPORT jint JNICALL METHOD(ackCqEvent)(JNIEnv *env, jobject self, jlong cq, jint n)
{
	(void)env, (void)self, (void)cq, (void)n;
	return 0;
}

JNIEXPORT jint JNICALL METHOD(pollCQ)(JNIEnv *env, jobject self, jlong cq, jint n, jlong out)
{
	struct ibv_wc *completions = jni_pointer(out);
	int polled = dsa_poll_cq(cq, completions, n);

	(void)self;
	/*
	 * Of a failed completion the opcode means nothing, but DiSNI reads it, while it reads qp_num of successful ones only. Put there, the
	 * number lets a user of a shared queue know whose completion it is.
	 */
	for (int i = 0; i < polled; i++)
		if (completions[i].status != IBV_WC_SUCCESS)
			memcpy(&completions[i].opcode, &completions[i].qp_num, sizeof(completions[i].qp_num));
	return (jint)jni_check(env, "ibv_poll_cq", polled);
}

JNIEXPORT jint JNICALL METHOD(reqNotifyCQ)(JNIEnv *env, jobject self, jlong cq, jint solicited)
{
	(void)self;
	return (jint)jni_check(env, "ibv_req_notify_cq", dsa_req_notify_cq(cq, solicited));
}

JNIEXPORT jint JNICALL METHOD(getQpNum)(JNIEnv *env, jobject self, jlong id)
{
	struct qp *qp = handle_enter(id, HANDLE_QP);
	jint number;

	(void)self;
	if (!qp)
		return (jint)jni_check(env, "ibv_qp.qp_num", -EBADF);
	number = (jint)qp->ibv->qp_num;
	handle_leave(id);
	return number;
}

JNIEXPORT jint JNICALL METHOD(getContextFd)(JNIEnv *env, jobject self, jlong id)
{
	struct device *device = handle_enter(id, HANDLE_CONTEXT);
	jint fd;

	(void)self;
	if (!device)
		return (jint)jni_check(env, "ibv_context.cmd_fd", -EBADF);
	fd = device->context->cmd_fd;
	handle_leave(id);
	return fd;
}

JNIEXPORT jint JNICALL METHOD(getContextNumCompVectors)(JNIEnv *env, jobject self, jlong id)
{
	struct device *device = handle_enter(id, HANDLE_CONTEXT);
	jint n;

	(void)self;
	if (!device)
		return (jint)jni_check(env, "ibv_context.num_comp_vectors", -EBADF);
	n = device->context->num_comp_vectors;
	handle_leave(id);
	return n;
}

JNIEXPORT jint JNICALL METHOD(getPdHandle)(JNIEnv *env, jobject self, jlong id)
{
	struct pd *pd = handle_enter(id, HANDLE_PD);
	jint handle;

	(void)self;
	if (!pd)
		return (jint)jni_check(env, "ibv_pd.handle", -EBADF);
	handle = (jint)pd->ibv->handle;
	handle_leave(id);
	return handle;
}

JNIEXPORT jint JNICALL METHOD(getSockAddrInSize)(JNIEnv *env, jobject self)
{
	(void)env, (void)self;
	return sizeof(struct sockaddr_in);
}

JNIEXPORT jint JNICALL METHOD(getIbvRecvWRSize)(JNIEnv *env, jobject self)
{
	(void)env, (void)self;
	return sizeof(struct ibv_recv_wr);
}

JNIEXPORT jint JNICALL METHOD(getIbvSendWRSize)(JNIEnv *env, jobject self)
{
	(void)env, (void)self;
	return sizeof(struct ibv_send_wr);
}

JNIEXPORT jint JNICALL METHOD(getIbvSgeSize)(JNIEnv *env, jobject self)
{
	(void)env, (void)self;
	return sizeof(struct ibv_sge);
}

JNIEXPORT jint JNICALL METHOD(getIbvWCSize)(JNIEnv *env, jobject self)
{
	(void)env, (void)self;
	return sizeof(struct ibv_wc);
}

JNIEXPORT jint JNICALL METHOD(getRemoteAddressOffset)(JNIEnv *env, jobject self)
{
	(void)env, (void)self;
	return offsetof(struct ibv_send_wr, wr.rdma.remote_addr);
}

JNIEXPORT jint JNICALL METHOD(getRKeyOffset)(JNIEnv *env, jobject self)
{
	(void)env, (void)self;
	return offsetof(struct ibv_send_wr, wr.rdma.rkey);
}

JNIEXPORT jint JNICALL METHOD(getVersion)(JNIEnv *env, jobject self)
{
	(void)env, (void)self;
	return JVERBS_VERSION;
}
