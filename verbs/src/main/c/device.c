/* SPDX-License-Identifier: Apache-2.0 */
#include "device.h"

#include "dsa_verbs.h"
#include "error.h"
#include "handle.h"

#include <endian.h>
#include <errno.h>
#include <pthread.h>
#include <rdma/rdma_cma.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(sizeof(struct dsa_device_attributes) == 272, "layout of dsa_device_attributes");

/* Bits of device_cap_flags_ex that <infiniband/verbs.h> has no names for (ib_user_verbs.h: IB_UVERBS_DEVICE_*). */
#define CAP_FLUSH_GLOBAL (UINT64_C(1) << 38)
#define CAP_FLUSH_PERSISTENT (UINT64_C(1) << 39)
#define CAP_ATOMIC_WRITE (UINT64_C(1) << 40)

/*
 * SoftRoCE claims on-demand paging, but loses the offset within the page (seen on kernel 7.3): of a READ or WRITE of more than one packet only
 * the first is where it should be, and the completion says success. Until a kernel is known to do better, it is not used there.
 */
#define VENDOR_SOFT_ROCE 0xffffff

static pthread_mutex_t devices_lock = PTHREAD_MUTEX_INITIALIZER;
static struct device *devices;     /* under devices_lock */
static struct ibv_context **held;  /* the devices that librdmacm may not close; under devices_lock */

static uint64_t features_of(const struct ibv_device_attr_ex *a)
{
	uint64_t features = 0;

	if (a->orig_attr.device_cap_flags & IBV_DEVICE_MEM_WINDOW_TYPE_2A)
		features |= DSA_FEATURE_MW_TYPE_2A;
	if (a->orig_attr.device_cap_flags & IBV_DEVICE_MEM_WINDOW_TYPE_2B)
		features |= DSA_FEATURE_MW_TYPE_2B;
	if (a->device_cap_flags_ex & CAP_FLUSH_GLOBAL)
		features |= DSA_FEATURE_FLUSH_GLOBAL;
	if (a->device_cap_flags_ex & CAP_FLUSH_PERSISTENT)
		features |= DSA_FEATURE_FLUSH_PERSISTENT;
	if (a->device_cap_flags_ex & CAP_ATOMIC_WRITE)
		features |= DSA_FEATURE_ATOMIC_WRITE;
	if ((a->odp_caps.general_caps & IBV_ODP_SUPPORT) && a->orig_attr.vendor_id != VENDOR_SOFT_ROCE)
		features |= DSA_FEATURE_ON_DEMAND_PAGING;
	if (a->orig_attr.atomic_cap != IBV_ATOMIC_NONE)
		features |= DSA_FEATURE_ATOMICS;
	return features;
}

static void probe(struct device *device)
{
	const uint64_t flush = DSA_FEATURE_FLUSH_GLOBAL | DSA_FEATURE_FLUSH_PERSISTENT;
	const uint64_t windows = DSA_FEATURE_MW_TYPE_2A | DSA_FEATURE_MW_TYPE_2B;

	device->features = features_of(&device->attributes);
	device->polls_beside_batch = device->attributes.orig_attr.vendor_id == VENDOR_SOFT_ROCE;
	device->send_ops = DSA_SEND_OP_WRITE | DSA_SEND_OP_WRITE_IMM | DSA_SEND_OP_SEND | DSA_SEND_OP_SEND_IMM | DSA_SEND_OP_READ;
	device->access = IBV_ACCESS_REMOTE_WRITE | IBV_ACCESS_REMOTE_READ;
	if (device->features & DSA_FEATURE_ATOMICS) {
		device->send_ops |= DSA_SEND_OP_COMPARE_SWAP | DSA_SEND_OP_FETCH_ADD;
		device->access |= IBV_ACCESS_REMOTE_ATOMIC;
	}
	if (device->features & windows)
		device->send_ops |= DSA_SEND_OP_BIND_MW;
	if ((device->features & windows) || (device->attributes.orig_attr.device_cap_flags & IBV_DEVICE_MEM_MGT_EXTENSIONS))
		device->send_ops |= DSA_SEND_OP_LOCAL_INV | DSA_SEND_OP_SEND_INV;
	if (device->features & flush)
		device->send_ops |= DSA_SEND_OP_FLUSH;
	if (device->features & DSA_FEATURE_FLUSH_GLOBAL)
		device->access |= IBV_ACCESS_FLUSH_GLOBAL;
	if (device->features & DSA_FEATURE_FLUSH_PERSISTENT)
		device->access |= IBV_ACCESS_FLUSH_PERSISTENT;
	if (device->features & DSA_FEATURE_ATOMIC_WRITE)
		device->send_ops |= DSA_SEND_OP_ATOMIC_WRITE;
}

/* Makes the object of a context; devices_lock is held. Returns 0 or -errno. */
static int add(struct ibv_context *context, struct device **out)
{
	struct device *device = calloc(1, sizeof(*device));
	struct ibv_context **all;
	int64_t id;
	int rc;

	if (!device)
		return -ENOMEM;
	rc = wake_init(&device->wake);
	if (rc)
		goto err_free;
	errno = 0;
	rc = negated(ibv_query_device_ex(context, NULL, &device->attributes));
	if (rc)
		goto err_wake;
	rc = set_nonblocking(context->async_fd);
	if (rc)
		goto err_wake;
	id = handle_reserve(HANDLE_CONTEXT);
	if (id < 0) {
		rc = (int)id;
		goto err_wake;
	}
	all = rdma_get_devices(NULL);
	if (all) {
		/* The newer list holds what the older one held. */
		if (held)
			rdma_free_devices(held);
		held = all;
	}
	device->id = id;
	device->context = context;
	probe(device);
	device->next = devices;
	devices = device;
	handle_publish(id, device);
	*out = device;
	return 0;

err_wake:
	wake_destroy(&device->wake);
err_free:
	free(device);
	return rc;
}

static int find(struct ibv_context *context, struct device **out)
{
	int rc = 0;

	pthread_mutex_lock(&devices_lock);
	for (*out = devices; *out; *out = (*out)->next)
		if ((*out)->context == context)
			break;
	if (!*out)
		rc = add(context, out);
	pthread_mutex_unlock(&devices_lock);
	return rc;
}

int64_t device_id_of(struct ibv_context *context)
{
	struct device *device;
	int rc = find(context, &device);

	return rc ? rc : device->id;
}

struct device *device_of(struct ibv_context *context)
{
	struct device *device;

	return find(context, &device) ? NULL : device;
}

static uint32_t at_least_0(int value)
{
	return value < 0 ? 0 : (uint32_t)value;
}

int dsa_query_device(int64_t id, struct dsa_device_attributes *out)
{
	const struct ibv_device_attr *a;
	struct ibv_port_attr port;
	struct device *device;

	if (!out)
		return -EFAULT;
	device = handle_enter(id, HANDLE_CONTEXT);
	if (!device)
		return -EBADF;
	a = &device->attributes.orig_attr;
	memset(out, 0, sizeof(*out));
	snprintf(out->name, sizeof(out->name), "%s", ibv_get_device_name(device->context->device));
	snprintf(out->firmware, sizeof(out->firmware), "%s", a->fw_ver);
	out->node_guid = be64toh(a->node_guid);
	out->max_mr_size = a->max_mr_size;
	out->page_size_cap = a->page_size_cap;
	out->device_cap_flags = device->attributes.device_cap_flags_ex;
	out->features = device->features;
	out->odp_general_caps = device->attributes.odp_caps.general_caps;
	out->rc_odp_caps = device->attributes.odp_caps.per_transport_caps.rc_odp_caps;
	out->vendor_id = a->vendor_id;
	out->vendor_part_id = a->vendor_part_id;
	out->hardware_version = a->hw_ver;
	out->max_qp = at_least_0(a->max_qp);
	out->max_qp_wr = at_least_0(a->max_qp_wr);
	out->max_sge = at_least_0(a->max_sge);
	out->max_sge_rd = at_least_0(a->max_sge_rd);
	out->max_cq = at_least_0(a->max_cq);
	out->max_cqe = at_least_0(a->max_cqe);
	out->max_mr = at_least_0(a->max_mr);
	out->max_mw = at_least_0(a->max_mw);
	out->max_pd = at_least_0(a->max_pd);
	out->max_qp_rd_atom = at_least_0(a->max_qp_rd_atom);
	out->max_qp_init_rd_atom = at_least_0(a->max_qp_init_rd_atom);
	out->max_res_rd_atom = at_least_0(a->max_res_rd_atom);
	out->atomic_cap = (uint32_t)a->atomic_cap;
	out->phys_port_cnt = a->phys_port_cnt;
	out->num_comp_vectors = at_least_0(device->context->num_comp_vectors);
	if (ibv_query_port(device->context, 1, &port) == 0) {
		out->port_state = (uint32_t)port.state;
		out->active_mtu = 128u << port.active_mtu;
		out->max_msg_sz = port.max_msg_sz;
		out->link_layer = port.link_layer;
	}
	handle_leave(id);
	return 0;
}
