/* SPDX-License-Identifier: Apache-2.0 */

/* jni_affinity.c - com.ibm.disni.util.NativeAffinity: the CPUs of the calling thread as a bit mask */

#include "jni_error.h"

#include <errno.h>
#include <jni.h>
#include <sched.h>
#include <stdint.h>

#define MASK_CPUS 64

/* 0 means "wherever it is": DaRPC's default. A mask that cannot be had is left alone; NativeAffinity declares no exception. */
JNIEXPORT void JNICALL Java_com_ibm_disni_util_NativeAffinity__1setAffinity(JNIEnv *env, jclass self, jlong mask)
{
	cpu_set_t cpus;

	(void)env, (void)self;
	if (!mask)
		return;
	CPU_ZERO(&cpus);
	for (size_t i = 0; i < MASK_CPUS; i++)
		if ((uint64_t)mask >> i & 1)
			CPU_SET(i, &cpus);
	(void)sched_setaffinity(0, sizeof(cpus), &cpus);
}

JNIEXPORT jlong JNICALL Java_com_ibm_disni_util_NativeAffinity__1getAffinity(JNIEnv *env, jclass self)
{
	uint64_t mask = 0;
	cpu_set_t cpus;

	(void)env, (void)self;
	if (sched_getaffinity(0, sizeof(cpus), &cpus))
		return 0;
	for (size_t i = 0; i < MASK_CPUS; i++)
		if (CPU_ISSET(i, &cpus))
			mask |= UINT64_C(1) << i;
	return (jlong)mask;
}
