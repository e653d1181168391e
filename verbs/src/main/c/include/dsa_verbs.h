/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DSA_VERBS_H
#define DSA_VERBS_H

/*
 * dsa_verbs.h - verbs and connection management for Java, as plain C
 *
 * libdisni.so carries two interfaces over one set of objects:
 *
 *   - the JNI methods that DiSNI 2.1 declares (com.ibm.disni.verbs.impl.NativeDispatcher), and
 *   - the functions below, which io.dsa.verbs calls by JNI, and which suit java.lang.foreign as well.
 *
 * An id from one is valid in the other: NatObject.getObjId() of DiSNI is a dsa id and the reverse.
 *
 * IDS
 *   Every object is named by a positive int64_t: slot, kind and generation. An id that is zero, negative, of another kind
 *   or of an object that was destroyed is refused with -EBADF; it never reaches freed memory, whatever other threads do.
 *   Destroying waits for the calls that are inside the object to leave (none of them blocks, except the four waits, and
 *   those are woken and return -EBADF). At most 1 048 576 ids exist at a time; then -ENOMEM.
 *
 * LIFETIMES
 *   A parent may be destroyed before its children: its id dies at once and the object itself goes with its last child.
 *   That holds for event channel <- cm id, completion channel <- completion queue, completion queue <- queue pair and
 *   protection domain <- region, window, queue pair. A cm id takes its queue pair with it. Regions and windows are
 *   released at once or not at all: on an error the id stays valid and the call can be repeated.
 *   A context (an opened device) belongs to librdmacm and is never closed.
 *
 * RETURN VALUES
 *   Functions that make an object return its id, the others 0 or a count; every one returns -errno on failure. None sets
 *   a Java exception, none prints. "Errors" below lists what is worth telling apart; -EBADF (bad id) and -EFAULT (a null
 *   pointer that must not be one) can come from every function.
 *
 * THREADS
 *   Every function may be called from every thread at the same time. Only dsa_get_cm_event, dsa_wait_cq_event,
 *   dsa_await_cq and dsa_get_async_event block. dsa_post, dsa_post_recv, dsa_poll_cq, dsa_spin_cq and dsa_req_notify_cq neither
 *   block nor allocate; dsa_spin_cq takes as long as it is asked to. dsa_poll_cq and dsa_post_recv do not enter the kernel, so Linker.Option.critical suits them; posting does on SoftRoCE,
 *   whose doorbell is a system call.
 *
 * BYTE ORDER
 *   Host order everywhere, with the exceptions named where they occur: immediate data and socket addresses are in network order.
 *
 * See also ibv_*(3), rdma_*(3) of rdma-core; each function names its page.
 */

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define DSA_ABI_VERSION 2u
#define DSA_EXPORT __attribute__((visibility("default")))

/* Limits of this library, beside those of the device. */
#define DSA_MAX_IDS (1u << 20)      /* live ids */
#define DSA_MAX_SGE 32u             /* scatter/gather elements in a request */
#define DSA_MAX_INLINE 1024u        /* bytes that a request can carry inline */
#define DSA_MAX_PRIVATE_DATA 256u   /* bytes that an event can carry */
#define DSA_NO_ID INT64_C(-1)       /* "none" in an event */

/* ---------------------------------------------------------------- layout */

/*
 * dsa_abi_version - version of this header that the library was built from
 *
 * Returns DSA_ABI_VERSION. It changes whenever a struct or the meaning of a call changes incompatibly, or the arguments of a native method of
 * io.dsa.verbs, which Java and C find by its name alone.
 */
DSA_EXPORT uint32_t dsa_abi_version(void);

/*
 * dsa_layout - a size, an offset or a constant as the C compiler saw it
 *
 * name is "struct", for the size, as in "dsa_work_request"; "struct.field", for the offset, as in "dsa_work_request.rkey",
 * "ibv_wc.qp_num" or "ibv_sge.lkey"; or a constant: any DSA_* of this header, IBV_ACCESS_*, IBV_SEND_*, IBV_WR_*, IBV_WC_*,
 * IBV_QPS_*, IBV_EVENT_*, RDMA_CM_EVENT_*, errno names (EBADF, ...). Compare at load and refuse to start on a mismatch.
 *
 * Returns the number, -ENOENT for a name that is not known.
 */
DSA_EXPORT int64_t dsa_layout(const char *name);

/* ---------------------------------------------------------------- event channel */

/* A connection event, as it happened (DiSNI's own _getCmEvent turns failures into DISCONNECTED; this does not). */
struct dsa_cm_event {
	uint32_t event;                /*   0 RDMA_CM_EVENT_* */
	int32_t status;                /*   4 0, -errno, or for REJECTED the reason of the CM (28: the peer's program said no;
	                                      8: nobody listens there); kernel 'ib_cm_rej_reason' */
	int64_t listener;              /*   8 CONNECT_REQUEST: the id that listens, else DSA_NO_ID */
	int64_t cm_id;                 /*  16 the id it is about; CONNECT_REQUEST: a new one, the caller's to destroy */
	uint8_t responder_resources;   /*  24 depth of READs and atomics that the sender of the event wants of us */
	uint8_t initiator_depth;       /*  25 */
	uint8_t retry_count;           /*  26 CONNECT_REQUEST only */
	uint8_t rnr_retry_count;       /*  27 */
	uint32_t qp_num;               /*  28 the peer's */
	uint32_t private_data_length;  /*  32 56 on a request, 196 on a response, 148 on a reject, 0 otherwise: the CM pads with zeros */
	uint32_t reserved;             /*  36 */
	uint8_t private_data[DSA_MAX_PRIVATE_DATA]; /* 40 */
};                                     /* 296 */

/*
 * dsa_create_event_channel - a queue of connection events; rdma_create_event_channel(3)
 *
 * Returns an id. Errors: EMFILE, ENODEV (no RDMA in this kernel), ENOMEM.
 */
DSA_EXPORT int64_t dsa_create_event_channel(void);

/*
 * dsa_destroy_event_channel - close the channel; those who wait on it return -EBADF
 *
 * cm ids made on it stay usable, but deliver no more events; the channel itself is freed with the last of them.
 */
DSA_EXPORT int dsa_destroy_event_channel(int64_t channel);

/*
 * dsa_get_cm_event - wait for the next connection event and acknowledge it; rdma_get_cm_event(3)
 *
 * timeout_ms: -1 waits for ever, 0 does not wait. What the event carried is also kept with its cm id, for
 * dsa_private_data() and dsa_event_status(). Events of an id that is being destroyed are dropped. A signal does not end the wait.
 *
 * Returns 1 (*event filled), 0 (timeout), -ECANCELED (dsa_wake_channel), -EBADF (also: destroyed meanwhile), -ENOMEM (a connection request
 * came, found no room and was rejected; the next call goes on), another -errno when the channel is broken and stays so.
 */
DSA_EXPORT int dsa_get_cm_event(int64_t channel, struct dsa_cm_event *event, int32_t timeout_ms);

/*
 * dsa_wake_channel - make one wait return -ECANCELED: the present one, or the next if nobody waits
 *
 * channel: an event channel, a completion channel or a context. Of several threads that wait one is woken. Calls do not add up: until a
 * wait has ended by it, a second call changes nothing.
 */
DSA_EXPORT int dsa_wake_channel(int64_t channel);

/* ---------------------------------------------------------------- cm id */

struct dsa_connection_parameters {
	uint64_t private_data;         /*  0 address of bytes to send, or 0 */
	uint32_t private_data_length;  /*  8 at most 56 to connect, 196 to accept */
	uint8_t responder_resources;   /* 12 255: as many as both ends can */
	uint8_t initiator_depth;       /* 13 255: as many as both ends can */
	uint8_t retry_count;           /* 14 0..7 */
	uint8_t rnr_retry_count;       /* 15 0..7, 7 is for ever */
};                                     /* 16 */

/*
 * dsa_create_id - one end of a connection, or a listener; rdma_create_id(3), port space RDMA_PS_TCP
 */
DSA_EXPORT int64_t dsa_create_id(int64_t channel);

/*
 * dsa_destroy_id - destroy a cm id, and its queue pair; rdma_destroy_id(3)
 *
 * A connection request that was not accepted is rejected by this.
 */
DSA_EXPORT int dsa_destroy_id(int64_t cm_id);

/*
 * dsa_bind_addr, dsa_listen - rdma_bind_addr(3), rdma_listen(3)
 *
 * address is a sockaddr_in (16 bytes) or sockaddr_in6 (28). Port 0 takes a free port: dsa_get_port().
 * Errors: EADDRINUSE, EADDRNOTAVAIL, ENODEV (no RDMA device has the address), EAFNOSUPPORT, EINVAL (length).
 */
DSA_EXPORT int dsa_bind_addr(int64_t cm_id, const void *address, uint32_t length);
DSA_EXPORT int dsa_listen(int64_t cm_id, int32_t backlog);

/*
 * dsa_resolve_addr, dsa_resolve_route - begin; ADDR_RESOLVED, ROUTE_RESOLVED or an error event follow; rdma_resolve_addr(3)
 *
 * source may be null (source_length 0): the kernel chooses. timeout_ms must be positive. After ADDR_ERROR the id can be used again.
 * Errors of dsa_resolve_route: ENODEV (the address is not resolved yet).
 *
 * Ask for addresses with a short timeout_ms, again and again: when the neighbour's answer comes before the kernel begins to wait for it, as it
 * does on a fast network, the kernel looks again only at the end of the time.
 */
DSA_EXPORT int dsa_resolve_addr(int64_t cm_id, const void *source, uint32_t source_length, const void *destination,
				uint32_t destination_length, int32_t timeout_ms);
DSA_EXPORT int dsa_resolve_route(int64_t cm_id, int32_t timeout_ms);

/*
 * dsa_connect, dsa_accept - begin; ESTABLISHED or an error event follows; rdma_connect(3), rdma_accept(3)
 *
 * The queue pair must exist. Its access flags are completed (READ, WRITE, atomics, FLUSH, as the device can) before the peer
 * learns that the connection stands. Errors: EINVAL (counts or lengths out of range, wrong state), ENOTCONN (no queue pair).
 */
DSA_EXPORT int dsa_connect(int64_t cm_id, const struct dsa_connection_parameters *parameters);
DSA_EXPORT int dsa_accept(int64_t cm_id, const struct dsa_connection_parameters *parameters);

/*
 * dsa_reject - refuse a connection request, with up to 148 bytes for the peer; rdma_reject(3). The id is still to be destroyed.
 *
 * Errors: ENODEV (the id is bound to no device, so it is no request), EINVAL (it is none).
 */
DSA_EXPORT int dsa_reject(int64_t cm_id, const void *private_data, uint32_t length);

/*
 * dsa_disconnect - begin; rdma_disconnect(3). The queue pair goes to the error state. Errors: ENODEV (no device yet), EINVAL (not connected)
 *
 * DISCONNECTED comes to the peer at once, and to this end when the peer has disconnected or destroyed its id in turn, or not at all.
 */
DSA_EXPORT int dsa_disconnect(int64_t cm_id);

/* dsa_set_ack_timeout - local ACK timeout 4.096 us * 2^timeout, 0..31, before connect or accept; RDMA_OPTION_ID_ACK_TIMEOUT */
DSA_EXPORT int dsa_set_ack_timeout(int64_t cm_id, uint32_t timeout);

/* dsa_set_reuseaddr - before bind; RDMA_OPTION_ID_REUSEADDR */
DSA_EXPORT int dsa_set_reuseaddr(int64_t cm_id, int32_t on);

/* dsa_set_accept_private_data - what DiSNI's _accept, which has no argument for it, sends to the peer; at most 196 bytes */
DSA_EXPORT int dsa_set_accept_private_data(int64_t cm_id, const void *data, uint32_t length);

/*
 * dsa_private_data - copy the private data that the last event with any brought to this id
 *
 * Returns its length (0: none so far); copies no more than capacity.
 */
DSA_EXPORT int dsa_private_data(int64_t cm_id, void *buffer, uint32_t capacity);

/*
 * dsa_event_status - the last event of this id as it happened, whatever DiSNI was told
 *
 * Returns 0 and fills *event (RDMA_CM_EVENT_*) and *status; -ENODATA when there was none. Either pointer may be null.
 */
DSA_EXPORT int dsa_event_status(int64_t cm_id, uint32_t *event, int32_t *status);

/* dsa_get_port - the local port, 0 when not bound; host order */
DSA_EXPORT int dsa_get_port(int64_t cm_id);

/*
 * dsa_local_address, dsa_peer_address - copy the sockaddr
 *
 * Returns its length (16 or 28), 0 when there is none yet; -ENOSPC when capacity is less.
 */
DSA_EXPORT int dsa_local_address(int64_t cm_id, void *buffer, uint32_t capacity);
DSA_EXPORT int dsa_peer_address(int64_t cm_id, void *buffer, uint32_t capacity);

/* dsa_context - the device that the id is bound to. Errors: ENODEV when it is not bound yet */
DSA_EXPORT int64_t dsa_context(int64_t cm_id);

/* ---------------------------------------------------------------- device */

/* dsa_device_attributes.features */
#define DSA_FEATURE_MW_TYPE_2A (UINT64_C(1) << 0)
#define DSA_FEATURE_MW_TYPE_2B (UINT64_C(1) << 1)
#define DSA_FEATURE_FLUSH_GLOBAL (UINT64_C(1) << 2)
#define DSA_FEATURE_FLUSH_PERSISTENT (UINT64_C(1) << 3)
#define DSA_FEATURE_ATOMIC_WRITE (UINT64_C(1) << 4)
#define DSA_FEATURE_ON_DEMAND_PAGING (UINT64_C(1) << 5) /* never on SoftRoCE, which claims it but corrupts data with it */
#define DSA_FEATURE_ATOMICS (UINT64_C(1) << 6)

struct dsa_device_attributes {
	char name[64];                 /*   0 zero-terminated, as all text here */
	char firmware[64];             /*  64 */
	uint64_t node_guid;            /* 128 */
	uint64_t max_mr_size;          /* 136 */
	uint64_t page_size_cap;        /* 144 */
	uint64_t device_cap_flags;     /* 152 device_cap_flags_ex of ibv_query_device_ex(3) */
	uint64_t features;             /* 160 DSA_FEATURE_* */
	uint64_t odp_general_caps;     /* 168 */
	uint32_t rc_odp_caps;          /* 176 */
	uint32_t vendor_id;            /* 180 */
	uint32_t vendor_part_id;       /* 184 */
	uint32_t hardware_version;     /* 188 */
	uint32_t max_qp;               /* 192 */
	uint32_t max_qp_wr;            /* 196 */
	uint32_t max_sge;              /* 200 */
	uint32_t max_sge_rd;           /* 204 */
	uint32_t max_cq;               /* 208 */
	uint32_t max_cqe;              /* 212 */
	uint32_t max_mr;               /* 216 */
	uint32_t max_mw;               /* 220 */
	uint32_t max_pd;               /* 224 */
	uint32_t max_qp_rd_atom;       /* 228 */
	uint32_t max_qp_init_rd_atom;  /* 232 */
	uint32_t max_res_rd_atom;      /* 236 */
	uint32_t atomic_cap;           /* 240 0 none, 1 within the device, 2 with the CPU too */
	uint32_t phys_port_cnt;        /* 244 */
	uint32_t num_comp_vectors;     /* 248 */
	uint32_t port_state;           /* 252 of port 1, enum ibv_port_state: 4 is active */
	uint32_t active_mtu;           /* 256 of port 1, in bytes */
	uint32_t max_msg_sz;           /* 260 of port 1 */
	uint32_t link_layer;           /* 264 of port 1: 1 InfiniBand, 2 Ethernet */
	uint32_t reserved;             /* 268 */
};                                     /* 272 */

/* dsa_query_device - what the device is and can; ibv_query_device_ex(3), ibv_query_port(3) */
DSA_EXPORT int dsa_query_device(int64_t context, struct dsa_device_attributes *attributes);

/* An asynchronous event of the device. */
struct dsa_async_event {
	uint32_t type;                 /*  0 IBV_EVENT_* */
	uint32_t port;                 /*  4 port events: 1..n, else 0 */
	int64_t id;                    /*  8 the queue pair or completion queue that it is about, else DSA_NO_ID */
	uint32_t qp_num;               /* 16 queue pair events, else 0 */
	uint32_t reserved;             /* 20 */
};                                     /* 24 */

/*
 * dsa_get_async_event - wait for the next event and acknowledge it; ibv_get_async_event(3)
 *
 * Returns 1, 0 (timeout), -ECANCELED (dsa_wake_channel on the context), another -errno when the device is gone. timeout_ms as in
 * dsa_get_cm_event.
 */
DSA_EXPORT int dsa_get_async_event(int64_t context, struct dsa_async_event *event, int32_t timeout_ms);

/* ---------------------------------------------------------------- protection domain, regions, windows */

/* dsa_alloc_pd, dsa_dealloc_pd - ibv_alloc_pd(3) */
DSA_EXPORT int64_t dsa_alloc_pd(int64_t context);
DSA_EXPORT int dsa_dealloc_pd(int64_t pd);

/*
 * dsa_reg_mr - register [address, address + length) with the device; ibv_reg_mr(3)
 *
 * access: IBV_ACCESS_* (LOCAL_WRITE 1, REMOTE_WRITE 2, REMOTE_READ 4, REMOTE_ATOMIC 8, MW_BIND 16, ON_DEMAND 64, FLUSH_GLOBAL 256,
 * FLUSH_PERSISTENT 512). The memory must stay mapped until dsa_dereg_mr has returned 0.
 * Returns an id (which DiSNI's _deregMr takes too) and fills *lkey and *rkey.
 * Errors: EINVAL (FLUSH flags on memory that is not persistent; remote access without local write), EFAULT (memory that
 * cannot be pinned), EOPNOTSUPP (a DAX file without on-demand paging; on-demand paging on a device without the feature bit), ENOMEM
 * (RLIMIT_MEMLOCK; with SoftRoCE on kernel 7 also a region of more than 1 GiB in 4 KiB pages).
 */
DSA_EXPORT int64_t dsa_reg_mr(int64_t pd, uint64_t address, uint64_t length, uint32_t access, uint32_t *lkey, uint32_t *rkey);

/* dsa_reg_dmabuf_mr - register a dma-buf; ibv_reg_dmabuf_mr(3). Errors: EOPNOTSUPP (the device cannot) */
DSA_EXPORT int64_t dsa_reg_dmabuf_mr(int64_t pd, uint64_t offset, uint64_t length, uint64_t iova, int32_t fd, uint32_t access,
				     uint32_t *lkey, uint32_t *rkey);

/*
 * dsa_dereg_mr - ibv_dereg_mr(3)
 *
 * On an error (EBUSY or EINVAL while a window is bound to the region) the id stays valid and the call can be repeated.
 */
DSA_EXPORT int dsa_dereg_mr(int64_t mr);

/* dsa_alloc_mw - a memory window, not bound yet; ibv_alloc_mw(3). type2: 0 makes type 1. *rkey may be null. */
DSA_EXPORT int64_t dsa_alloc_mw(int64_t pd, int32_t type2, uint32_t *rkey);

/* dsa_dealloc_mw - revoke and free a window, bound or not; ibv_dealloc_mw(3). Retryable on error. */
DSA_EXPORT int dsa_dealloc_mw(int64_t mw);

/*
 * dsa_bind_mw - post the request that binds a window to [address, address + length) of mr; ibv_wr_bind_mw(3), ibv_bind_mw(3)
 *
 * qp is the queue pair that posts, accepted or connected; it is also the only one whose peer can use a type-2 window. access: the remote rights,
 * IBV_ACCESS_REMOTE_* and FLUSH_*. flags: DSA_WR_SIGNALED, DSA_WR_FENCE. The region needs IBV_ACCESS_MW_BIND.
 * *new_rkey is valid for the peer once the request has completed. When the call fails the window's key is what it was, unless it was made anew (below).
 * A type-2 window that is bound must be invalidated (DSA_OP_LOCAL_INV) before it can be bound again. Destroying qp unbinds it too.
 * Allocate a window after the queue pair that binds it. An older one is freed and made anew by this call (any key that it had dies), since
 * a bound window must be younger than its queue pair: the kernel takes the objects of a killed process down newest first, and rxe waits most
 * of a minute when a queue pair goes before its windows.
 * Errors: EINVAL (range outside the region, unknown access), ENOTCONN (qp is not connected yet), ENOMEM (send queue full), EOPNOTSUPP (queue pair without BIND_MW).
 */
DSA_EXPORT int dsa_bind_mw(int64_t qp, int64_t mw, int64_t mr, uint64_t address, uint64_t length, uint32_t access, uint64_t wr_id,
			   uint32_t flags, uint32_t *new_rkey);

/* ---------------------------------------------------------------- completion channel, completion queue */

/* dsa_create_comp_channel, dsa_destroy_comp_channel - ibv_create_comp_channel(3). Destroying wakes those who wait. */
DSA_EXPORT int64_t dsa_create_comp_channel(int64_t context);
DSA_EXPORT int dsa_destroy_comp_channel(int64_t channel);

/*
 * dsa_create_cq, dsa_destroy_cq - ibv_create_cq(3)
 *
 * channel 0: none, the queue can only be polled. depth must be at least the sum of the work requests that its queue pairs can
 * have outstanding, or the device loses completions and puts them into the error state.
 */
DSA_EXPORT int64_t dsa_create_cq(int64_t context, int64_t channel, int32_t depth, int32_t vector);
DSA_EXPORT int dsa_destroy_cq(int64_t cq);

/*
 * dsa_poll_cq - take up to n completions, raw struct ibv_wc of 48 bytes; ibv_poll_cq(3). Does not block.
 *
 *    0 wr_id u64 | 8 status u32 | 12 opcode u32 | 16 vendor_err u32 | 20 byte_len u32 | 24 imm_data be32 or invalidated rkey
 *   28 qp_num u32 | 32 src_qp u32 | 36 wc_flags u32 | 40 pkey_index u16 | 42 slid u16 | 44 sl u8 | 45 dlid_path_bits u8 | 46 pad
 *
 * When status is not 0 only wr_id, status, qp_num and vendor_err mean anything. Returns the number taken, 0..n.
 */
DSA_EXPORT int dsa_poll_cq(int64_t cq, void *completions, int32_t n);

/* Requests that dsa_spin_cq() posts when it finds a certain one complete. 32 bytes, aligned to 8; "requests" as for dsa_post(). */
struct dsa_chain {
	int64_t qp;        /*  0 whose requests they are */
	uint64_t requests; /*  8 address of the first struct dsa_work_request */
	uint64_t after;    /* 16 wr_id; wr_ids are taken to count up, around the end of 64 bits too */
	uint32_t n;        /* 24 */
	int32_t posted;    /* 28 out: 1 they were posted, 0 their turn has not come, or -errno of dsa_post() */
};

/*
 * dsa_spin_cq - take up to n completions as dsa_poll_cq() does, polling up to so many times for the first one
 *
 * Without a pause between two polls, so that the first one is seen at once. dsa_destroy_cq() ends it early. chain (may be null) is posted
 * before this returns, where the last completion taken is a success with a wr_id of "after" or beyond: so the next request is on its way
 * before anybody looks at the one that has ended. The completion queue may be no one's but the chain's queue pair's. On a queue
 * pair of SoftRoCE with extended operations the chain is written to the send queue before the first poll, so that only the doorbell is
 * missing in the end: until this returns, whoever else posts to the queue pair or binds a window by it waits, spinning. dsa_destroy_qp()
 * ends it early too.
 *
 * Return: as dsa_poll_cq(), whatever became of the chain; -EINVAL when times is not positive, too.
 */
DSA_EXPORT int dsa_spin_cq(int64_t cq, void *completions, int32_t n, int32_t times, struct dsa_chain *chain);

/* dsa_req_notify_cq - ask for one event at the next completion (or only at the next solicited or failed one); poll once more after it */
DSA_EXPORT int dsa_req_notify_cq(int64_t cq, int32_t solicited_only);

/*
 * dsa_wait_cq_event - wait for an event of a completion queue of this channel and acknowledge it; ibv_get_cq_event(3)
 *
 * *cq (may be null) becomes the queue's id. Returns 1, 0 (timeout), -ECANCELED (dsa_wake_channel), -EBADF (also: destroyed meanwhile).
 */
DSA_EXPORT int dsa_wait_cq_event(int64_t channel, int64_t *cq, int32_t timeout_ms);

/*
 * dsa_await_cq - take up to n completions as dsa_poll_cq() does, waiting for the first one by an event
 *
 * Arms the queue, polls, sleeps until its event and polls again, all in one call. channel is the one that cq was made with, and no other queue's.
 * timeout_ns: negative waits for ever. An event of a completion that was polled before may be left behind and is skipped here.
 * Returns the number taken, 0 (timeout), -ECANCELED (dsa_wake_channel, and there was nothing), -EBADF (also: either was destroyed meanwhile).
 */
DSA_EXPORT int dsa_await_cq(int64_t cq, int64_t channel, void *completions, int32_t n, int64_t timeout_ns);

/* ---------------------------------------------------------------- queue pair */

/* Operations that a queue pair is made for: values of enum ibv_qp_create_send_ops_flags. */
#define DSA_SEND_OP_WRITE (UINT64_C(1) << 0)
#define DSA_SEND_OP_WRITE_IMM (UINT64_C(1) << 1)
#define DSA_SEND_OP_SEND (UINT64_C(1) << 2)
#define DSA_SEND_OP_SEND_IMM (UINT64_C(1) << 3)
#define DSA_SEND_OP_READ (UINT64_C(1) << 4)
#define DSA_SEND_OP_COMPARE_SWAP (UINT64_C(1) << 5)
#define DSA_SEND_OP_FETCH_ADD (UINT64_C(1) << 6)
#define DSA_SEND_OP_LOCAL_INV (UINT64_C(1) << 7)
#define DSA_SEND_OP_BIND_MW (UINT64_C(1) << 8)
#define DSA_SEND_OP_SEND_INV (UINT64_C(1) << 9)
#define DSA_SEND_OP_FLUSH (UINT64_C(1) << 11)
#define DSA_SEND_OP_ATOMIC_WRITE (UINT64_C(1) << 12)
#define DSA_SEND_OPS_BEST UINT64_MAX /* all of these that the device grants */

struct dsa_qp_attributes {
	uint32_t max_send_wr;          /*  0 asked for, then granted */
	uint32_t max_recv_wr;          /*  4 */
	uint32_t max_send_sge;         /*  8 0 becomes 1 */
	uint32_t max_recv_sge;         /* 12 0 becomes 1 */
	uint32_t max_inline_data;      /* 16 bytes */
	uint32_t qp_num;               /* 20 out */
	uint64_t send_ops;             /* 24 out: DSA_SEND_OP_* granted; 0 for a plain queue pair */
	uint32_t state;                /* 32 out: IBV_QPS_*: 0 RESET, 1 INIT, 2 RTR, 3 RTS, 6 ERR */
	uint32_t access;               /* 36 out: what the peer may do at most, IBV_ACCESS_* */
	uint32_t max_rd_atomic;        /* 40 out: READs, atomics and FLUSHes in flight from here */
	uint32_t max_dest_rd_atomic;   /* 44 out: from the peer */
	uint32_t timeout;              /* 48 out: ACK timeout exponent */
	uint32_t retry_count;          /* 52 out */
	uint32_t rnr_retry;            /* 56 out */
	uint32_t peer_qp_num;          /* 60 out */
};                                     /* 64 */

/*
 * dsa_create_qp - make the reliable-connected queue pair of a cm id; rdma_create_qp_ex(3)
 *
 * The id must be bound to the device of pd and of both queues (they may be one). send_ops: DSA_SEND_OP_* wanted; all of them or
 * -EOPNOTSUPP. 0 makes a plain queue pair, DSA_SEND_OPS_BEST the best there is. signal_all: every request completes visibly.
 * attributes: what is asked for, replaced by what was granted (state and below are as in dsa_query_qp).
 * Returns the id. Errors: EINVAL (beyond the device's limits), EEXIST (it has one), ENODEV (not bound yet), EOPNOTSUPP, ENOMEM.
 */
DSA_EXPORT int64_t dsa_create_qp(int64_t cm_id, int64_t pd, int64_t send_cq, int64_t recv_cq, struct dsa_qp_attributes *attributes,
				 int32_t signal_all, uint64_t send_ops);

/* dsa_destroy_qp - destroy the queue pair of a cm id; rdma_destroy_qp(3). Errors: ENOENT (it has none) */
DSA_EXPORT int dsa_destroy_qp(int64_t cm_id);

/* dsa_query_qp - ibv_query_qp(3) */
DSA_EXPORT int dsa_query_qp(int64_t qp, struct dsa_qp_attributes *attributes);

/* dsa_qp_error - move to the error state: nothing more is sent or served, and all that is queued completes as flushed */
DSA_EXPORT int dsa_qp_error(int64_t qp);

/* dsa_work_request.opcode: values of enum ibv_wr_opcode. Windows are bound by dsa_bind_mw(). */
#define DSA_OP_WRITE 0u
#define DSA_OP_WRITE_IMM 1u
#define DSA_OP_SEND 2u
#define DSA_OP_SEND_IMM 3u
#define DSA_OP_READ 4u
#define DSA_OP_COMPARE_SWAP 5u
#define DSA_OP_FETCH_ADD 6u
#define DSA_OP_LOCAL_INV 7u
#define DSA_OP_SEND_INV 9u
#define DSA_OP_FLUSH 14u
#define DSA_OP_ATOMIC_WRITE 15u

/* dsa_work_request.flags: values of enum ibv_send_flags */
#define DSA_WR_FENCE 1u
#define DSA_WR_SIGNALED 2u
#define DSA_WR_SOLICITED 4u
#define DSA_WR_INLINE 8u

/* dsa_work_request.flush_type (a set), .flush_level (one): IBV_FLUSH_GLOBAL, IBV_FLUSH_PERSISTENT; IBV_FLUSH_RANGE, IBV_FLUSH_MR */
#define DSA_FLUSH_GLOBAL 1u
#define DSA_FLUSH_PERSISTENT 2u
#define DSA_FLUSH_RANGE 0u
#define DSA_FLUSH_MR 1u

/*
 * A send request. 64 bytes, aligned to 8; the caller may use them anew once dsa_post has returned.
 *
 *        0        1        2        3        4        5        6        7
 *    0 | wr_id                                                                 |
 *    8 | opcode | num_sge| fl_type| fl_level| flags                            |
 *   16 | remote_address                                                        |
 *   24 | rkey                               | imm_data (network order)         |
 *   32 | address                                                               |
 *   40 | length                             | lkey                             |
 *   48 | operand                                                               |
 *   56 | swap                                                                  |
 *
 *   opcode        num_sge   uses
 *   WRITE, READ   0..max    remote_address, rkey
 *   WRITE_IMM     0..max    remote_address, rkey, imm_data
 *   SEND          0..max
 *   SEND_IMM      0..max    imm_data
 *   SEND_INV      0..max    rkey: the peer's key to invalidate
 *   COMPARE_SWAP  1         remote_address (multiple of 8), rkey, operand = compare, swap; the old value lands in the element
 *   FETCH_ADD     1         remote_address (multiple of 8), rkey, operand = addend; the old value lands in the element
 *   LOCAL_INV     0         rkey: the key to invalidate here
 *   FLUSH         0         remote_address, rkey, length, flush_type, flush_level
 *   ATOMIC_WRITE  0         remote_address (multiple of 8), rkey, operand = the value
 *
 *   num_sge 0: no local memory. 1: the element is address, length, lkey. More: address is that of an array of num_sge
 *   struct ibv_sge (16 bytes each), read before dsa_post returns; length and lkey are not used. Where their lengths differ, the
 *   request cannot be posted together with FLUSH and ATOMIC_WRITE.
 *   INLINE (WRITE, SEND and their variants): the bytes are copied before dsa_post returns and lkeys are not used.
 *   Requests and elements must not change until then.
 *   Fields that an opcode does not use are ignored.
 */
struct dsa_work_request {
	uint64_t wr_id;                /*  0 */
	uint8_t opcode;                /*  8 DSA_OP_* */
	uint8_t num_sge;               /*  9 */
	uint8_t flush_type;            /* 10 DSA_FLUSH_GLOBAL | DSA_FLUSH_PERSISTENT */
	uint8_t flush_level;           /* 11 DSA_FLUSH_RANGE or DSA_FLUSH_MR */
	uint32_t flags;                /* 12 DSA_WR_* */
	uint64_t remote_address;       /* 16 */
	uint32_t rkey;                 /* 24 */
	uint32_t imm_data;             /* 28 network order */
	uint64_t address;              /* 32 */
	uint32_t length;               /* 40 */
	uint32_t lkey;                 /* 44 */
	uint64_t operand;              /* 48 */
	uint64_t swap;                 /* 56 */
};                                     /* 64 */

/*
 * dsa_post - queue n send requests and ring the doorbell once; ibv_wr_post(3)
 *
 * All n or none: every field is checked before the first is queued. On a plain queue pair (send_ops 0), and for elements of different
 * lengths, ibv_post_send(3) is used; should that fail half-way, the queue pair is moved to the error state, so that the part that went out completes as flushed.
 * Returns 0. Errors: EINVAL (a field), EOPNOTSUPP (an opcode that the queue pair was not made for, or beside elements of different lengths), ENOMEM (send queue full), ENOTCONN (not yet
 * accepted, or ESTABLISHED not yet taken from the channel). On a queue pair in the error state requests are accepted and complete as flushed.
 */
DSA_EXPORT int dsa_post(int64_t qp, const struct dsa_work_request *requests, uint32_t n);

/*
 * A receive request. 32 bytes.
 *
 *    0 | wr_id                                |
 *    8 | address                              |
 *   16 | length            | lkey             |
 *   24 | num_sge           | reserved         |   num_sge 0, 1 or more as in a send request
 */
struct dsa_receive_request {
	uint64_t wr_id;
	uint64_t address;
	uint32_t length;
	uint32_t lkey;
	uint32_t num_sge;
	uint32_t reserved;
};

/*
 * dsa_post_recv - queue n receive requests; ibv_post_recv(3)
 *
 * *posted (may be null) becomes the number that was queued, on failure too. Returns 0. Errors: EINVAL, ENOMEM (receive queue full).
 */
DSA_EXPORT int dsa_post_recv(int64_t qp, const struct dsa_receive_request *requests, uint32_t n, uint32_t *posted);

#ifdef __cplusplus
}
#endif

#endif /* DSA_VERBS_H */
