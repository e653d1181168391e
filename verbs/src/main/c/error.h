/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DSA_ERROR_H
#define DSA_ERROR_H

/* error.h - what a call of rdma-core that has just failed left in errno */

#include <errno.h>

/*
 * errno_or - -errno, or -fallback where the call set none: a failure must never look like 0, success
 *
 * The caller sets errno to 0 before the call, or it would report the failure of another.
 */
static inline int errno_or(int fallback)
{
	return errno > 0 ? -errno : -fallback;
}

/* negated - 0 or -errno from what ibv_*(3) return: 0, an errno, or -1 with errno set */
static inline int negated(int rc)
{
	if (rc == -1)
		return errno_or(EIO);
	return rc > 0 ? -rc : rc;
}

#endif
