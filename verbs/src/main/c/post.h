/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DSA_POST_H
#define DSA_POST_H

/* post.h - work requests */

#include "qp.h"

#include <infiniband/verbs.h>

/* post_checked_send, post_checked_recv - post lists that Java has written, once every field in them is known to be sane. 0 or -errno */
int post_checked_send(struct qp *qp, struct ibv_send_wr *list);
int post_checked_recv(struct qp *qp, struct ibv_recv_wr *list);

#endif
