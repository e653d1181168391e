/* SPDX-License-Identifier: Apache-2.0 */

/*
 * jni_native.c - the methods of io.dsa.verbs.Native: each is the function of dsa_verbs.h that it calls. Memory comes as addresses. Nothing
 * throws, but for layout() where the JVM is out of memory.
 */

#include "dsa_verbs.h"
#include "jni_error.h"

#include <jni.h>
#include <stddef.h>
#include <stdint.h>

#define METHOD(name) Java_io_dsa_verbs_Native_##name

JNIEXPORT jlong JNICALL METHOD(layout)(JNIEnv *env, jclass self, jstring name)
{
	const char *text = (*env)->GetStringUTFChars(env, name, NULL);
	int64_t value;

	(void)self;
	if (!text)
		return 0; /* an OutOfMemoryError is pending */
	value = dsa_layout(text);
	(*env)->ReleaseStringUTFChars(env, name, text);
	return value;
}

JNIEXPORT jint JNICALL METHOD(wakeChannel)(JNIEnv *env, jclass self, jlong channel)
{
	(void)env, (void)self;
	return dsa_wake_channel(channel);
}

JNIEXPORT jlong JNICALL METHOD(createEventChannel)(JNIEnv *env, jclass self)
{
	(void)env, (void)self;
	return dsa_create_event_channel();
}

JNIEXPORT jint JNICALL METHOD(destroyEventChannel)(JNIEnv *env, jclass self, jlong channel)
{
	(void)env, (void)self;
	return dsa_destroy_event_channel(channel);
}

JNIEXPORT jint JNICALL METHOD(nextEvent0)(JNIEnv *env, jclass self, jlong channel, jlong event, jint millis)
{
	(void)env, (void)self;
	return dsa_get_cm_event(channel, jni_pointer(event), millis);
}

JNIEXPORT jlong JNICALL METHOD(createId)(JNIEnv *env, jclass self, jlong channel)
{
	(void)env, (void)self;
	return dsa_create_id(channel);
}

JNIEXPORT jint JNICALL METHOD(destroyId)(JNIEnv *env, jclass self, jlong cmId)
{
	(void)env, (void)self;
	return dsa_destroy_id(cmId);
}

JNIEXPORT jint JNICALL METHOD(bind0)(JNIEnv *env, jclass self, jlong cmId, jlong address, jint length)
{
	(void)env, (void)self;
	return dsa_bind_addr(cmId, jni_pointer(address), (uint32_t)length);
}

JNIEXPORT jint JNICALL METHOD(listen)(JNIEnv *env, jclass self, jlong cmId, jint backlog)
{
	(void)env, (void)self;
	return dsa_listen(cmId, backlog);
}

JNIEXPORT jint JNICALL METHOD(port)(JNIEnv *env, jclass self, jlong cmId)
{
	(void)env, (void)self;
	return dsa_get_port(cmId);
}

JNIEXPORT jint JNICALL METHOD(resolveAddress0)(JNIEnv *env, jclass self, jlong cmId, jlong destination, jint length, jint millis)
{
	(void)env, (void)self;
	return dsa_resolve_addr(cmId, NULL, 0, jni_pointer(destination), (uint32_t)length, millis);
}

JNIEXPORT jint JNICALL METHOD(resolveRoute)(JNIEnv *env, jclass self, jlong cmId, jint millis)
{
	(void)env, (void)self;
	return dsa_resolve_route(cmId, millis);
}

JNIEXPORT jint JNICALL METHOD(connect0)(JNIEnv *env, jclass self, jlong cmId, jlong parameters)
{
	(void)env, (void)self;
	return dsa_connect(cmId, jni_pointer(parameters));
}

JNIEXPORT jint JNICALL METHOD(accept0)(JNIEnv *env, jclass self, jlong cmId, jlong parameters)
{
	(void)env, (void)self;
	return dsa_accept(cmId, jni_pointer(parameters));
}

JNIEXPORT jint JNICALL METHOD(reject0)(JNIEnv *env, jclass self, jlong cmId, jlong data, jint length)
{
	(void)env, (void)self;
	return dsa_reject(cmId, jni_pointer(data), (uint32_t)length);
}

JNIEXPORT jint JNICALL METHOD(disconnect)(JNIEnv *env, jclass self, jlong cmId)
{
	(void)env, (void)self;
	return dsa_disconnect(cmId);
}

JNIEXPORT jlong JNICALL METHOD(context)(JNIEnv *env, jclass self, jlong cmId)
{
	(void)env, (void)self;
	return dsa_context(cmId);
}

JNIEXPORT jint JNICALL METHOD(queryDevice0)(JNIEnv *env, jclass self, jlong context, jlong attributes)
{
	(void)env, (void)self;
	return dsa_query_device(context, jni_pointer(attributes));
}

JNIEXPORT jint JNICALL METHOD(nextAsyncEvent0)(JNIEnv *env, jclass self, jlong context, jlong event, jint millis)
{
	(void)env, (void)self;
	return dsa_get_async_event(context, jni_pointer(event), millis);
}

JNIEXPORT jlong JNICALL METHOD(allocateDomain)(JNIEnv *env, jclass self, jlong context)
{
	(void)env, (void)self;
	return dsa_alloc_pd(context);
}

JNIEXPORT jint JNICALL METHOD(deallocateDomain)(JNIEnv *env, jclass self, jlong pd)
{
	(void)env, (void)self;
	return dsa_dealloc_pd(pd);
}

JNIEXPORT jlong JNICALL METHOD(registerRegion0)(JNIEnv *env, jclass self, jlong pd, jlong address, jlong length, jint access, jlong localKey, jlong remoteKey)
{
	(void)env, (void)self;
	return dsa_reg_mr(pd, (uint64_t)address, (uint64_t)length, (uint32_t)access, jni_pointer(localKey), jni_pointer(remoteKey));
}

JNIEXPORT jint JNICALL METHOD(deregisterRegion)(JNIEnv *env, jclass self, jlong mr)
{
	(void)env, (void)self;
	return dsa_dereg_mr(mr);
}

JNIEXPORT jlong JNICALL METHOD(allocateWindow0)(JNIEnv *env, jclass self, jlong pd, jlong key)
{
	(void)env, (void)self;
	return dsa_alloc_mw(pd, 1, jni_pointer(key));
}

JNIEXPORT jint JNICALL METHOD(deallocateWindow)(JNIEnv *env, jclass self, jlong mw)
{
	(void)env, (void)self;
	return dsa_dealloc_mw(mw);
}

JNIEXPORT jint JNICALL METHOD(bindWindow0)(JNIEnv *env, jclass self, jlong qp, jlong mw, jlong mr, jlong address, jlong length, jint access, jlong workRequestId, jint flags, jlong newKey)
{
	(void)env, (void)self;
	return dsa_bind_mw(qp, mw, mr, (uint64_t)address, (uint64_t)length, (uint32_t)access, (uint64_t)workRequestId, (uint32_t)flags, jni_pointer(newKey));
}

JNIEXPORT jlong JNICALL METHOD(createCompletionChannel)(JNIEnv *env, jclass self, jlong context)
{
	(void)env, (void)self;
	return dsa_create_comp_channel(context);
}

JNIEXPORT jint JNICALL METHOD(destroyCompletionChannel)(JNIEnv *env, jclass self, jlong channel)
{
	(void)env, (void)self;
	return dsa_destroy_comp_channel(channel);
}

JNIEXPORT jlong JNICALL METHOD(createCompletionQueue)(JNIEnv *env, jclass self, jlong context, jlong channel, jint entries)
{
	(void)env, (void)self;
	return dsa_create_cq(context, channel, entries, 0);
}

JNIEXPORT jint JNICALL METHOD(destroyCompletionQueue)(JNIEnv *env, jclass self, jlong cq)
{
	(void)env, (void)self;
	return dsa_destroy_cq(cq);
}

JNIEXPORT jint JNICALL METHOD(awaitCompletionEvent)(JNIEnv *env, jclass self, jlong channel, jint millis)
{
	(void)env, (void)self;
	return dsa_wait_cq_event(channel, NULL, millis);
}

JNIEXPORT jint JNICALL METHOD(requestNotification)(JNIEnv *env, jclass self, jlong cq)
{
	(void)env, (void)self;
	return dsa_req_notify_cq(cq, 0);
}

JNIEXPORT jint JNICALL METHOD(pollCompletions0)(JNIEnv *env, jclass self, jlong cq, jlong completions, jint most, jint times, jlong chain)
{
	(void)env, (void)self;
	return dsa_spin_cq(cq, jni_pointer(completions), most, times, jni_pointer(chain));
}

JNIEXPORT jint JNICALL METHOD(awaitCompletions0)(JNIEnv *env, jclass self, jlong cq, jlong channel, jlong completions, jint most, jlong nanos)
{
	(void)env, (void)self;
	return dsa_await_cq(cq, channel, jni_pointer(completions), most, nanos);
}

JNIEXPORT jlong JNICALL METHOD(createQueuePair0)(JNIEnv *env, jclass self, jlong cmId, jlong pd, jlong cq, jlong attributes, jlong ops)
{
	(void)env, (void)self;
	return dsa_create_qp(cmId, pd, cq, cq, jni_pointer(attributes), 0, (uint64_t)ops);
}

JNIEXPORT jint JNICALL METHOD(queryQueuePair0)(JNIEnv *env, jclass self, jlong qp, jlong attributes)
{
	(void)env, (void)self;
	return dsa_query_qp(qp, jni_pointer(attributes));
}

JNIEXPORT jint JNICALL METHOD(toError)(JNIEnv *env, jclass self, jlong qp)
{
	(void)env, (void)self;
	return dsa_qp_error(qp);
}

JNIEXPORT jint JNICALL METHOD(post0)(JNIEnv *env, jclass self, jlong qp, jlong requests, jint count)
{
	(void)env, (void)self;
	return dsa_post(qp, jni_pointer(requests), (uint32_t)count);
}
