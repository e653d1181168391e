/* SPDX-License-Identifier: Apache-2.0 */

/* region_test.c - regions: of NVM, very large, and refused */

#include "verbs_test.h"

#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define GIB (UINT64_C(1) << 30)

void flush__refused(struct pair *pair)
{
	struct region local = region_new(pair->client.pd, 4096, 0);
	uint32_t lkey, rkey;

	CHECK_IS(dsa_reg_mr(pair->server.pd, (uintptr_t)local.memory, 4096, REMOTE_ALL | IBV_ACCESS_LOCAL_WRITE | FLUSH_ALL, &lkey, &rkey), -EINVAL,
		 "FLUSH access to memory that is not persistent");
	region_free(&local);
}

void flush__persistent(struct pair *pair, const char *dax_path)
{
	int fd = open(dax_path, O_RDWR);
	struct region nvm, local = region_new(pair->client.pd, 2 * MIB, 0);
	struct dsa_work_request wrs[3];
	struct ibv_wc wc;
	void *memory;

	if (!CHECK(fd >= 0, "%s opens", dax_path))
		return;
	memory = mmap(NULL, 2 * MIB, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (!CHECK(memory != MAP_FAILED, "and maps"))
		return;
	nvm = region_on(pair->server.pd, memory, 2 * MIB, REMOTE_ALL | IBV_ACCESS_LOCAL_WRITE | FLUSH_ALL);
	memset(local.memory, 0x42, 4096);
	memset(memory, 0, 8192);
	wrs[0] = request(DSA_OP_WRITE, &local, 4096, (uintptr_t)memory, nvm.rkey);
	wrs[0].flags = 0;
	wrs[1] = request(DSA_OP_FLUSH, NULL, 4096, (uintptr_t)memory, nvm.rkey);
	wrs[1].flush_type = DSA_FLUSH_PERSISTENT;
	wrs[1].flush_level = DSA_FLUSH_RANGE;
	wrs[1].flags = 0;
	wrs[2] = request(DSA_OP_ATOMIC_WRITE, NULL, 0, (uintptr_t)memory + 4096, nvm.rkey);
	wrs[2].operand = 99;
	CHECK_IS(dsa_post(pair->client.qp, wrs, 3), 0, "WRITE, persistent FLUSH and atomic write under one doorbell");
	wc = complete(pair->client.cq);
	CHECK(wc.status == IBV_WC_SUCCESS && wc.wr_id == wrs[2].wr_id, "one completion: %s", ibv_wc_status_str(wc.status));
	CHECK(((char *)memory)[4095] == 0x42 && *(uint64_t *)((char *)memory + 4096) == 99, "all is in the NVM");
	wrs[1].flush_type = DSA_FLUSH_GLOBAL | DSA_FLUSH_PERSISTENT;
	wrs[1].flags = DSA_WR_SIGNALED;
	CHECK_IS(run(&pair->client, &wrs[1]), IBV_WC_SUCCESS, "FLUSH of both types");
	wrs[1].flush_type = DSA_FLUSH_GLOBAL;
	wrs[1].flush_level = DSA_FLUSH_MR;
	wrs[1].length = 0;
	CHECK_IS(run(&pair->client, &wrs[1]), IBV_WC_SUCCESS, "FLUSH of the whole region");
	region_free(&nvm);
	region_free(&local);
}

/*
 * A region of many GiB: the same 64 MiB again and again. rxe of kernel 7 keeps the pages of a region in one piece of kernel memory and so
 * ends at 1 GiB.
 */
void region__large(struct pair *pair)
{
	const uint64_t piece = 64 * MIB;
	const uint32_t access = REMOTE_ALL | IBV_ACCESS_LOCAL_WRITE;
	struct region local = region_new(pair->client.pd, 4096, 0), large = { .length = 5 * GIB };
	int fd = memfd_create("dsa", 0);
	struct dsa_work_request wr;
	int64_t begin = now_ms();

	if (ftruncate(fd, (off_t)piece))
		return;
	large.memory = mmap(NULL, large.length, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	for (uint64_t at = 0; at < large.length; at += piece)
		mmap((char *)large.memory + at, piece, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0);
	close(fd);
	large.mr = dsa_reg_mr(pair->server.pd, (uintptr_t)large.memory, large.length, access, &large.lkey, &large.rkey);
	if (large.mr == -ENOMEM) {
		printf("        this kernel registers no 5 GiB\n");
		munmap((char *)large.memory + GIB, large.length - GIB);
		large = region_on(pair->server.pd, large.memory, GIB, access);
	}
	CHECK(large.mr > 0, "a region of %" PRIu64 " GiB, in %" PRId64 " ms", large.length / GIB, now_ms() - begin);
	memset(local.memory, 0x77, 4096);
	wr = request(DSA_OP_WRITE, &local, 4096, (uintptr_t)large.memory + large.length - 4096, large.rkey);
	CHECK_IS(run(&pair->client, &wr), IBV_WC_SUCCESS, "WRITE to its last page");
	CHECK(memcmp((char *)large.memory + piece - 4096, local.memory, 4096) == 0, "which is there");
	region_free(&large);
	region_free(&local);
}

void region__errors(struct pair *pair)
{
	struct dsa_device_attributes a;
	uint32_t lkey, rkey;
	char byte;

	CHECK_IS(dsa_reg_mr(pair->server.pd, 0, 4096, 0, &lkey, &rkey), -EFAULT, "a region at 0");
	CHECK_IS(dsa_reg_mr(pair->server.pd, (uintptr_t)&byte, UINT64_MAX, 0, &lkey, &rkey), -EINVAL, "a region around the end of memory");
	CHECK_IS(dsa_reg_mr(pair->server.pd, (uintptr_t)&byte, 1, 0x80000000, &lkey, &rkey), -EINVAL, "an access that there is not");
	CHECK_IS(dsa_reg_mr(pair->server.pd, (uintptr_t)&byte, 1, IBV_ACCESS_REMOTE_WRITE, &lkey, &rkey), -EINVAL, "remote without local write");
	CHECK_IS(dsa_reg_mr(pair->server.pd, (uintptr_t)&byte, 1, 0, NULL, &rkey), -EFAULT, "no place for a key");
	if (dsa_query_device(pair->context, &a) == 0 && !(a.features & DSA_FEATURE_ON_DEMAND_PAGING))
		CHECK_IS(dsa_reg_mr(pair->server.pd, (uintptr_t)&byte, 1, IBV_ACCESS_ON_DEMAND, &lkey, &rkey), -EOPNOTSUPP,
			 "on-demand paging where it is not trusted");
	CHECK(dsa_reg_mr(pair->server.pd, 0x10000, 4096, IBV_ACCESS_LOCAL_WRITE, &lkey, &rkey) < 0, "memory that is not there");
	CHECK(dsa_reg_dmabuf_mr(pair->server.pd, 0, 4096, 0, open("/dev/null", O_RDWR), 0, &lkey, &rkey) < 0, "a file that is no dma-buf");
	CHECK_IS(dsa_reg_dmabuf_mr(pair->server.pd, 0, 4096, 0, -1, 0, &lkey, &rkey), -EBADF, "no file at all");
}
