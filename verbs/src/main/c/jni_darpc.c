/* SPDX-License-Identifier: Apache-2.0 */

/* jni_darpc.c - the methods of io.dsa.verbs.darpc.CmFunctions; as in jni_native.c */

#include "dsa_verbs.h"
#include "jni_error.h"

#include <jni.h>
#include <stdint.h>

#define METHOD(name) Java_io_dsa_verbs_darpc_CmFunctions_##name

JNIEXPORT jint JNICALL METHOD(eventStatus)(JNIEnv *env, jclass self, jlong cmId, jlong type, jlong status)
{
	(void)env, (void)self;
	return dsa_event_status(cmId, jni_pointer(type), jni_pointer(status));
}

JNIEXPORT jint JNICALL METHOD(copyPrivateData)(JNIEnv *env, jclass self, jlong cmId, jlong buffer, jint capacity)
{
	(void)env, (void)self;
	return dsa_private_data(cmId, jni_pointer(buffer), (uint32_t)capacity);
}

JNIEXPORT jint JNICALL METHOD(rejectWith)(JNIEnv *env, jclass self, jlong cmId, jlong data, jint length)
{
	(void)env, (void)self;
	return dsa_reject(cmId, jni_pointer(data), (uint32_t)length);
}

JNIEXPORT jlong JNICALL METHOD(createCompletionQueue)(JNIEnv *env, jclass self, jlong context, jint entries)
{
	(void)env, (void)self;
	return dsa_create_cq(context, 0, entries, 0);
}

JNIEXPORT jint JNICALL METHOD(destroyCompletionQueue)(JNIEnv *env, jclass self, jlong queue)
{
	(void)env, (void)self;
	return dsa_destroy_cq(queue);
}
