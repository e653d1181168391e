/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DSA_JNI_ERROR_H
#define DSA_JNI_ERROR_H

/* jni_error.h - what DiSNI sees of a failure */

#include <jni.h>
#include <stdint.h>

/*
 * jni_throw - throw an IOException "call: text (errno n)"
 *
 * call: the function of rdma-core that the Java method stands for. error: -errno.
 */
void jni_throw(JNIEnv *env, const char *call, int64_t error);

/* jni_check - throw when result is negative; returns result */
int64_t jni_check(JNIEnv *env, const char *call, int64_t result);

/* The pointer in a jlong. */
static inline void *jni_pointer(jlong address)
{
	return (void *)(uintptr_t)address;
}

#endif
