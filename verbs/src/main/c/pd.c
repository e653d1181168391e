/* SPDX-License-Identifier: Apache-2.0 */
#include "pd.h"

#include "device.h"
#include "dsa_verbs.h"
#include "error.h"
#include "handle.h"

#include <errno.h>
#include <stdlib.h>

void pd_get(struct pd *pd)
{
	atomic_fetch_add_explicit(&pd->references, 1, memory_order_relaxed);
}

void pd_put(struct pd *pd)
{
	if (atomic_fetch_sub_explicit(&pd->references, 1, memory_order_acq_rel) != 1)
		return;
	ibv_dealloc_pd(pd->ibv);
	free(pd);
}

int64_t dsa_alloc_pd(int64_t context)
{
	struct device *device = handle_enter(context, HANDLE_CONTEXT);
	struct pd *pd;
	int64_t id;
	int rc;

	if (!device)
		return -EBADF;
	pd = calloc(1, sizeof(*pd));
	if (!pd) {
		id = -ENOMEM;
		goto out;
	}
	id = handle_reserve(HANDLE_PD);
	if (id < 0)
		goto err_free;
	errno = 0;
	pd->ibv = ibv_alloc_pd(device->context);
	if (!pd->ibv)
		goto err_handle;
	atomic_init(&pd->references, 1);
	handle_publish(id, pd);
out:
	handle_leave(context);
	return id;

err_handle:
	rc = errno_or(ENOMEM);
	handle_cancel(id);
	id = rc;
err_free:
	free(pd);
	goto out;
}

int dsa_dealloc_pd(int64_t id)
{
	struct pd *pd = handle_close(id, HANDLE_PD);

	if (!pd)
		return -EBADF;
	handle_drain(id);
	handle_retire(id);
	pd_put(pd);
	return 0;
}
