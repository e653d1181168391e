/* SPDX-License-Identifier: Apache-2.0 */
#include "jni_error.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

void jni_throw(JNIEnv *env, const char *call, int64_t error)
{
	char text[96], message[192];
	jclass exception;

	if ((*env)->ExceptionCheck(env))
		return;
	if (error == -EBADF)
		snprintf(message, sizeof(message), "%s: closed or unknown id (errno %d)", call, EBADF);
	else
		snprintf(message, sizeof(message), "%s: %s (errno %d)", call, strerror_r((int)-error, text, sizeof(text)), (int)-error);
	exception = (*env)->FindClass(env, "java/io/IOException");
	if (exception)
		(*env)->ThrowNew(env, exception, message);
}

int64_t jni_check(JNIEnv *env, const char *call, int64_t result)
{
	if (result < 0)
		jni_throw(env, call, result);
	return result;
}
