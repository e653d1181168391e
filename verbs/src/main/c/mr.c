/* SPDX-License-Identifier: Apache-2.0 */
#include "mr.h"

#include "device.h"
#include "dsa_verbs.h"
#include "error.h"
#include "handle.h"

#include <errno.h>
#include <stdlib.h>

#define ACCESS                                                                                                                  \
	(IBV_ACCESS_LOCAL_WRITE | IBV_ACCESS_REMOTE_WRITE | IBV_ACCESS_REMOTE_READ | IBV_ACCESS_REMOTE_ATOMIC |                 \
	 IBV_ACCESS_MW_BIND | IBV_ACCESS_ON_DEMAND | IBV_ACCESS_HUGETLB | IBV_ACCESS_FLUSH_GLOBAL | IBV_ACCESS_FLUSH_PERSISTENT | \
	 IBV_ACCESS_RELAXED_ORDERING)

/* Can the device be trusted with this access? See device.c about on-demand paging. 0 or -errno. */
static int check_access(const struct pd *pd, uint32_t access)
{
	const struct device *device;

	if (!(access & IBV_ACCESS_ON_DEMAND))
		return 0;
	device = device_of(pd->ibv->context);
	return device && (device->features & DSA_FEATURE_ON_DEMAND_PAGING) ? 0 : -EOPNOTSUPP;
}

/* Where a region comes from: memory, or a dma-buf when fd is not negative. */
struct source {
	uint64_t address;
	uint64_t length;
	uint64_t offset;
	int fd;
};

static int64_t register_region(int64_t pd_id, const struct source *source, uint32_t access, uint32_t *lkey, uint32_t *rkey)
{
	struct pd *pd;
	struct mr *mr;
	int64_t id;
	int rc;

	if (!lkey || !rkey)
		return -EFAULT;
	if (access & ~(uint32_t)ACCESS)
		return -EINVAL;
	if (source->address + source->length < source->address || source->length > SIZE_MAX)
		return -EINVAL;
	pd = handle_enter(pd_id, HANDLE_PD);
	if (!pd)
		return -EBADF;
	id = check_access(pd, access);
	if (id)
		goto out;
	mr = calloc(1, sizeof(*mr));
	if (!mr) {
		id = -ENOMEM;
		goto out;
	}
	id = handle_reserve(HANDLE_MR);
	if (id < 0)
		goto err_free;
	errno = 0;
	if (source->fd < 0)
		mr->ibv = ibv_reg_mr(pd->ibv, (void *)(uintptr_t)source->address, source->length, access);
	else
		mr->ibv = ibv_reg_dmabuf_mr(pd->ibv, source->offset, source->length, source->address, source->fd, (int)access);
	if (!mr->ibv)
		goto err_handle;
	mr->pd = pd;
	mr->address = source->address;
	mr->length = source->length;
	*lkey = mr->ibv->lkey;
	*rkey = mr->ibv->rkey;
	pd_get(pd);
	handle_publish(id, mr);
out:
	handle_leave(pd_id);
	return id;

err_handle:
	rc = errno_or(EIO);
	handle_cancel(id);
	id = rc;
err_free:
	free(mr);
	goto out;
}

int64_t dsa_reg_mr(int64_t pd, uint64_t address, uint64_t length, uint32_t access, uint32_t *lkey, uint32_t *rkey)
{
	struct source memory = { .address = address, .length = length, .fd = -1 };

	if (!address)
		return -EFAULT;
	return register_region(pd, &memory, access, lkey, rkey);
}

int64_t dsa_reg_dmabuf_mr(int64_t pd, uint64_t offset, uint64_t length, uint64_t iova, int32_t fd, uint32_t access, uint32_t *lkey,
			  uint32_t *rkey)
{
	struct source dmabuf = { .address = iova, .length = length, .offset = offset, .fd = fd };

	if (fd < 0)
		return -EBADF;
	return register_region(pd, &dmabuf, access, lkey, rkey);
}

int dsa_dereg_mr(int64_t id)
{
	struct mr *mr = handle_close(id, HANDLE_MR);
	int rc;

	if (!mr)
		return -EBADF;
	handle_drain(id);
	errno = 0;
	rc = negated(ibv_dereg_mr(mr->ibv));
	if (rc) {
		handle_reopen(id);
		return rc;
	}
	handle_retire(id);
	pd_put(mr->pd);
	free(mr);
	return 0;
}

int mr_prefetch(int64_t id, uint64_t address, uint32_t length)
{
	struct mr *mr = handle_enter(id, HANDLE_MR);
	struct ibv_sge sge;
	int rc;

	if (!mr)
		return -EBADF;
	sge = (struct ibv_sge){ .addr = address, .length = length, .lkey = mr->ibv->lkey };
	errno = 0;
	rc = ibv_advise_mr(mr->pd->ibv, IBV_ADVISE_MR_ADVICE_PREFETCH_WRITE, 0, &sge, 1);
	handle_leave(id);
	return negated(rc);
}

int64_t mr_handle(int64_t id)
{
	struct mr *mr = handle_enter(id, HANDLE_MR);
	int64_t handle;

	if (!mr)
		return -EBADF;
	handle = mr->ibv->handle;
	handle_leave(id);
	return handle;
}
