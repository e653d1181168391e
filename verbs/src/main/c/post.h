/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DSA_POST_H
#define DSA_POST_H

/* post.h - work requests */

#include "dsa_verbs.h"
#include "qp.h"

#include <infiniband/verbs.h>
#include <stdbool.h>
#include <stdint.h>

/* post_checked_send, post_checked_recv - post lists that Java has written, once every field in them is known to be sane. 0 or -errno */
int post_checked_send(struct qp *qp, struct ibv_send_wr *list);
int post_checked_recv(struct qp *qp, struct ibv_recv_wr *list);

/*
 * post_build - write requests to the send queue, all but the doorbell, for when they are to start at a moment's notice
 *
 * From then on nobody else can post to the queue pair, and whoever tries waits, spinning, until this thread calls one of the other two, which
 * has to be soon. It may poll meanwhile. Returns false, and nothing has happened, where dsa_post() would refuse them, or have to post them in another way,
 * and where the device's provider is not known to poll while a batch is open.
 */
bool post_build(struct qp *qp, const struct dsa_work_request *requests, uint32_t n);

/* post_built - the doorbell; 0 or -errno. -ENOMEM: there was no room when they were built, and there may be by now */
int post_built(struct qp *qp);

/* post_forget - they never were */
void post_forget(struct qp *qp);

#endif
