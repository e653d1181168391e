/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DSA_DEVICE_H
#define DSA_DEVICE_H

/*
 * device.h - an opened device (a "context")
 *
 * librdmacm opens devices; we keep one object for each that we have seen, for as long as the process lives, and hold the device open,
 * since librdmacm would close one that was unplugged under our protection domains.
 */

#include "wake.h"

#include <infiniband/verbs.h>
#include <stdbool.h>
#include <stdint.h>

struct device {
	int64_t id;
	struct ibv_context *context;
	struct wake wake;
	struct device *next;

	/* What the device can, read once. */
	struct ibv_device_attr_ex attributes;
	uint64_t features; /* DSA_FEATURE_* */
	uint64_t send_ops; /* DSA_SEND_OP_* that it is expected to grant */
	uint32_t access;   /* IBV_ACCESS_* that a queue pair can give its peer */

	/*
	 * Can a completion queue be polled while a batch is open on its queue pair? Verbs do not say so, and a provider may take the send queue's
	 * lock for a completion that failed (hns does). Only where it is known and was tried.
	 */
	bool polls_beside_batch;
};

/* device_id_of - the id of a context, made when it is seen for the first time. Returns it or -errno */
int64_t device_id_of(struct ibv_context *context);

/* device_of - the object of a context; NULL when it could not be made */
struct device *device_of(struct ibv_context *context);

#endif
