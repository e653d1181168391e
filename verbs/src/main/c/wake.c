/* SPDX-License-Identifier: Apache-2.0 */
#include "wake.h"

#include "handle.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_MS INT64_C(1000000)
#define NS_PER_S INT64_C(1000000000)

int wake_init(struct wake *wake)
{
	wake->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return wake->fd < 0 ? -errno : 0;
}

void wake_destroy(struct wake *wake)
{
	if (wake->fd >= 0)
		close(wake->fd);
	wake->fd = -1;
}

int wake_one(struct wake *wake)
{
	/* EAGAIN: so many were never taken that no more can be counted, and one is as good as all. */
	return eventfd_write(wake->fd, 1) && errno != EAGAIN ? -errno : 0;
}

void wake_all(struct wake *wake)
{
	/* One of them will take it, see that the handle is closed, and pass it on. */
	(void)eventfd_write(wake->fd, 1);
}

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * NS_PER_S + t.tv_nsec;
}

struct deadline deadline_after(int32_t timeout_ms)
{
	return deadline_after_ns(timeout_ms < 0 ? -1 : timeout_ms * NS_PER_MS);
}

struct deadline deadline_after_ns(int64_t timeout_ns)
{
	int64_t now;

	if (timeout_ns < 0)
		return (struct deadline){ .at_ns = -1 };
	now = now_ns();
	return (struct deadline){ .at_ns = timeout_ns > INT64_MAX - now ? -1 : now + timeout_ns };
}

/* What is left of the time, in *left; null for ever. */
static const struct timespec *remaining(struct deadline deadline, struct timespec *left)
{
	int64_t ns;

	if (deadline.at_ns < 0)
		return NULL;
	ns = deadline.at_ns - now_ns();
	if (ns < 0)
		ns = 0;
	*left = (struct timespec){ .tv_sec = ns / NS_PER_S, .tv_nsec = ns % NS_PER_S };
	return left;
}

int wake_wait(struct wake *wake, int64_t id, int fd, struct deadline deadline)
{
	struct pollfd fds[2] = {
		{ .fd = fd, .events = POLLIN },
		{ .fd = wake->fd, .events = POLLIN },
	};

	for (;;) {
		struct timespec left;
		eventfd_t taken;
		int n;

		if (handle_closing(id))
			return -EBADF;
		n = ppoll(fds, 2, remaining(deadline, &left), NULL);
		if (n < 0 && errno != EINTR)
			return -errno;
		if (n <= 0) {
			if (n == 0 && !handle_closing(id))
				return 0;
			continue;
		}
		if (handle_closing(id))
			return -EBADF;
		if (fds[0].revents & POLLIN)
			return 1;
		if ((fds[1].revents & POLLIN) && eventfd_read(wake->fd, &taken) == 0) {
			if (!handle_closing(id))
				return -ECANCELED;
			wake_all(wake);
			return -EBADF;
		}
		if (fds[0].revents & (POLLERR | POLLHUP | POLLNVAL))
			return -EIO;
	}
}

int set_nonblocking(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
		return -errno;
	return 0;
}
