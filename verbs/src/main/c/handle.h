/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DSA_HANDLE_H
#define DSA_HANDLE_H

/*
 * handle.h - the ids that Java holds, and who is inside the objects behind them
 *
 * An id is (generation << 24) | (kind << 20) | slot, always positive. A slot's word holds the same generation and kind, a
 * closing flag and the number of threads inside; entering is one compare-and-swap, leaving one subtraction. A generation has 39 bits and
 * is never used twice in a slot: at a million reuses a second it lasts for six days of nothing else, then the slot is retired for good.
 *
 * Life of an id:  reserve -> publish -> { enter ... leave }* -> close -> drain -> retire
 *                       \-> cancel                               \-> reopen (the destruction failed)
 *
 * Every function may be called from every thread.
 */

#include <stdbool.h>
#include <stdint.h>

enum handle_kind {
	HANDLE_NONE = 0, /* matches nothing */
	HANDLE_EVENT_CHANNEL,
	HANDLE_CM_ID,
	HANDLE_CONTEXT,
	HANDLE_PD,
	HANDLE_MR,
	HANDLE_MW,
	HANDLE_COMP_CHANNEL,
	HANDLE_CQ,
	HANDLE_QP,
};

/*
 * handle_reserve - take a free id that nobody can enter yet
 *
 * Returns the id or -ENOMEM.
 */
int64_t handle_reserve(enum handle_kind kind);

/* handle_publish - let others enter a reserved id; object must be complete */
void handle_publish(int64_t id, void *object);

/* handle_cancel - give a reserved id back */
void handle_cancel(int64_t id);

/*
 * handle_enter - the object of an id, which cannot be destroyed until handle_leave
 *
 * Returns NULL when the id is not a live one of this kind. Lock-free.
 */
void *handle_enter(int64_t id, enum handle_kind kind);
void handle_leave(int64_t id);

/* handle_kind_of - the kind that the id claims; only handle_enter tells whether it is alive */
enum handle_kind handle_kind_of(int64_t id);

/*
 * handle_close - from now on nobody enters; of several callers one wins
 *
 * Returns the object, or NULL when the id is not a live one of this kind. Those inside are still inside: wake them if they block, then handle_drain.
 */
void *handle_close(int64_t id, enum handle_kind kind);

/* handle_closing - has the id that the caller is inside of been closed? */
bool handle_closing(int64_t id);

/* handle_drain - wait until everybody has left a closed id */
void handle_drain(int64_t id);

/* handle_reopen - take a handle_close back */
void handle_reopen(int64_t id);

/* handle_retire - free a closed and drained id; it is never valid again */
void handle_retire(int64_t id);

/* handle_live - how many ids of a kind are reserved or published; for tests */
uint32_t handle_live(enum handle_kind kind);

#endif
