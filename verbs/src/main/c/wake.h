/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DSA_WAKE_H
#define DSA_WAKE_H

/*
 * wake.h - blocking on a file descriptor so that others can end it
 *
 * A struct wake belongs to an object with a handle. A wait ends when the descriptor is readable, the time is over, somebody has called
 * wake_one since the last wait that this ended, or the handle is closed and wake_all called.
 */

#include <stdint.h>

struct wake {
	int fd; /* eventfd(2): readable while a wake is pending */
};

/* A point in time, or never. */
struct deadline {
	int64_t at_ns; /* CLOCK_MONOTONIC; negative: never */
};

/* wake_init - returns 0 or -errno; wake_destroy - nobody waits any more */
int wake_init(struct wake *wake);
void wake_destroy(struct wake *wake);

/* wake_one - end one wait, the present or the next; until a wait has ended by it, further calls add nothing. Returns 0 or -errno */
int wake_one(struct wake *wake);

/* wake_all - end all waits on a handle that has been closed; to be called after handle_close */
void wake_all(struct wake *wake);

/* deadline_after, deadline_after_ns - that much from now; negative is never */
struct deadline deadline_after(int32_t timeout_ms);
struct deadline deadline_after_ns(int64_t timeout_ns);

/*
 * wake_wait - wait until fd is readable
 *
 * id: the handle that the caller is inside of.
 * Returns 1 (readable), 0 (time is over), -ECANCELED (wake_one), -EBADF (the handle was closed), -EIO (fd is broken) or another -errno of
 * poll(2). Signals do not end it.
 */
int wake_wait(struct wake *wake, int64_t id, int fd, struct deadline deadline);

/* set_nonblocking - returns 0 or -errno */
int set_nonblocking(int fd);

#endif
