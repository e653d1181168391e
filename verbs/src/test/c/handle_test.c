/* SPDX-License-Identifier: Apache-2.0 */

/* handle_test.c - ids under threads: run it plain, with AddressSanitizer and with ThreadSanitizer */

#include "check.h"
#include "handle.h"
#include "error.h"
#include "wake.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct thing {
	atomic_int inside;
	int alive; /* read and written only under the protection that is being tested */
};

static int64_t make(enum handle_kind kind, void *object)
{
	int64_t id = handle_reserve(kind);

	if (id > 0)
		handle_publish(id, object);
	return id;
}

static void unmake(int64_t id, enum handle_kind kind)
{
	handle_close(id, kind);
	handle_drain(id);
	handle_retire(id);
}

static void enter__live(void)
{
	int object;
	int64_t id = make(HANDLE_MR, &object);

	CHECK(id > 0, "an id is positive");
	CHECK(handle_kind_of(id) == HANDLE_MR, "an id knows its kind");
	CHECK(handle_enter(id, HANDLE_MR) == &object, "a live id gives its object");
	handle_leave(id);
	unmake(id, HANDLE_MR);
}

static void enter__forged(void)
{
	int object;
	int64_t id = make(HANDLE_MR, &object);
	const int64_t forged[] = { 0, -1, INT64_MIN, INT64_MAX, 1, id + 1, id ^ (INT64_C(1) << 24), id + (INT64_C(1) << 24), id | INT64_MIN };

	CHECK(!handle_enter(id, HANDLE_QP), "an id of another kind is refused");
	for (size_t i = 0; i < sizeof(forged) / sizeof(forged[0]); i++)
		CHECK(!handle_enter(forged[i], HANDLE_MR), "forged id %" PRIx64 " is refused", (uint64_t)forged[i]);
	CHECK(!handle_close(id, HANDLE_QP), "closing as another kind is refused");
	unmake(id, HANDLE_MR);
	CHECK(!handle_enter(id, HANDLE_MR), "a retired id is refused");
	CHECK(!handle_close(id, HANDLE_MR), "a retired id cannot be closed again");
}

static void enter__reserved(void)
{
	int64_t id = handle_reserve(HANDLE_PD);

	CHECK(!handle_enter(id, HANDLE_PD), "a reserved id cannot be entered");
	handle_cancel(id);
	CHECK(!handle_enter(id, HANDLE_PD), "a cancelled id cannot be entered");
}

static void reuse__generation(void)
{
	int object;
	int64_t before = make(HANDLE_PD, &object), after;

	unmake(before, HANDLE_PD);
	after = make(HANDLE_PD, &object);
	CHECK(before != after && (before & 0xfffff) == (after & 0xfffff), "a slot that is used again gives another id");
	CHECK(!handle_enter(before, HANDLE_PD) && handle_enter(after, HANDLE_PD), "only the newer one is valid");
	handle_leave(after);
	unmake(after, HANDLE_PD);
}

static void close__reopen(void)
{
	int object;
	int64_t id = make(HANDLE_MW, &object);

	CHECK(handle_close(id, HANDLE_MW) == &object, "closing gives the object");
	CHECK(!handle_enter(id, HANDLE_MW), "a closed id cannot be entered");
	CHECK(!handle_close(id, HANDLE_MW), "only one closes");
	handle_drain(id);
	handle_reopen(id);
	CHECK(handle_enter(id, HANDLE_MW) == &object, "a reopened id can");
	handle_leave(id);
	unmake(id, HANDLE_MW);
}

static void reserve__exhausted(void)
{
	enum { ALL = 1 << 20 };
	int64_t *ids = malloc(sizeof(*ids) * (ALL + 1));
	int n = 0;

	while (n <= ALL && (ids[n] = handle_reserve(HANDLE_CQ)) > 0)
		n++;
	CHECK_IS(n, ALL, "there are 1048576 ids");
	CHECK_IS(ids[n], -ENOMEM, "one more is refused with ENOMEM");
	CHECK_IS(handle_live(HANDLE_CQ), ALL, "all are counted");
	while (n > 0)
		handle_cancel(ids[--n]);
	CHECK_IS(handle_live(HANDLE_CQ), 0, "none is left");
	free(ids);
}

/* ---- many threads in objects that come and go */

#define SLOTS_UNDER_TEST 8
#define ROUNDS 20000

static _Atomic int64_t current[SLOTS_UNDER_TEST];
static atomic_bool stop;
static atomic_ulong entered, refused;

static void *user(void *argument)
{
	unsigned seed = (unsigned)(uintptr_t)argument;

	while (!atomic_load(&stop)) {
		int64_t id = atomic_load_explicit(&current[(unsigned)rand_r(&seed) % SLOTS_UNDER_TEST], memory_order_relaxed);
		struct thing *thing = handle_enter(id, HANDLE_QP);

		if (!thing) {
			atomic_fetch_add_explicit(&refused, 1, memory_order_relaxed);
			continue;
		}
		atomic_fetch_add_explicit(&thing->inside, 1, memory_order_relaxed);
		if (!thing->alive)
			abort();
		atomic_fetch_sub_explicit(&thing->inside, 1, memory_order_relaxed);
		handle_leave(id);
		atomic_fetch_add_explicit(&entered, 1, memory_order_relaxed);
	}
	return NULL;
}

static void *owner(void *argument)
{
	unsigned seed = (unsigned)(uintptr_t)argument;

	for (int i = 0; i < ROUNDS; i++) {
		unsigned slot = (unsigned)rand_r(&seed) % SLOTS_UNDER_TEST;
		int64_t id = atomic_load_explicit(&current[slot], memory_order_relaxed);
		struct thing *thing = handle_close(id, HANDLE_QP);

		if (!thing)
			continue; /* the other owner was faster */
		handle_drain(id);
		if (atomic_load(&thing->inside) || !thing->alive)
			abort();
		thing->alive = 0;
		handle_retire(id);
		free(thing);
		thing = calloc(1, sizeof(*thing));
		thing->alive = 1;
		id = make(HANDLE_QP, thing);
		atomic_store_explicit(&current[slot], id, memory_order_relaxed);
	}
	return NULL;
}

static void enter__while_closed(void)
{
	pthread_t users[3], owners[2];

	for (int i = 0; i < SLOTS_UNDER_TEST; i++) {
		struct thing *thing = calloc(1, sizeof(*thing));

		thing->alive = 1;
		current[i] = make(HANDLE_QP, thing);
	}
	for (uintptr_t i = 0; i < 3; i++)
		pthread_create(&users[i], NULL, user, (void *)(i + 1));
	for (uintptr_t i = 0; i < 2; i++)
		pthread_create(&owners[i], NULL, owner, (void *)(i + 11));
	for (int i = 0; i < 2; i++)
		pthread_join(owners[i], NULL);
	atomic_store(&stop, true);
	for (int i = 0; i < 3; i++)
		pthread_join(users[i], NULL);
	CHECK(entered > 0, "threads entered while others destroyed: %lu times in, %lu refused", (unsigned long)entered, (unsigned long)refused);
	for (int i = 0; i < SLOTS_UNDER_TEST; i++) {
		struct thing *thing = handle_close(current[i], HANDLE_QP);

		handle_drain(current[i]);
		handle_retire(current[i]);
		free(thing);
	}
	CHECK_IS(handle_live(HANDLE_QP), 0, "nothing is left of them");
}

/* ---- waits */

struct waiter {
	int64_t id;
	struct wake *wake;
	int fd;
	int result;
};

static void *wait_forever(void *argument)
{
	struct waiter *waiter = argument;

	if (!handle_enter(waiter->id, HANDLE_COMP_CHANNEL)) {
		waiter->result = -EBADF;
		return NULL;
	}
	waiter->result = wake_wait(waiter->wake, waiter->id, waiter->fd, deadline_after(-1));
	handle_leave(waiter->id);
	return NULL;
}

static void wait__ends(void)
{
	struct wake wake;
	struct waiter waiters[4];
	pthread_t threads[4];
	int fd = eventfd(0, EFD_NONBLOCK);
	int64_t id;
	int canceled = 0;

	CHECK_IS(wake_init(&wake), 0, "a wake is made");
	id = make(HANDLE_COMP_CHANNEL, &wake);
	handle_enter(id, HANDLE_COMP_CHANNEL);
	CHECK_IS(wake_wait(&wake, id, fd, deadline_after(0)), 0, "no time, nothing to read");
	CHECK_IS(wake_wait(&wake, id, fd, deadline_after(20)), 0, "20 ms pass");
	wake_one(&wake);
	CHECK_IS(wake_wait(&wake, id, fd, deadline_after(-1)), -ECANCELED, "a wake that came before ends the wait");
	CHECK_IS(wake_wait(&wake, id, fd, deadline_after(0)), 0, "but only one");
	for (int i = 0; i < 3; i++)
		wake_one(&wake);
	CHECK_IS(wake_wait(&wake, id, fd, deadline_after(-1)), -ECANCELED, "three wakes that came before end the wait");
	CHECK_IS(wake_wait(&wake, id, fd, deadline_after(20)), 0, "and no other: they do not pile up");
	eventfd_write(fd, 1);
	CHECK_IS(wake_wait(&wake, id, fd, deadline_after(-1)), 1, "something to read ends it");
	eventfd_read(fd, &(eventfd_t){ 0 });
	handle_leave(id);

	for (int i = 0; i < 4; i++) {
		waiters[i] = (struct waiter){ .id = id, .wake = &wake, .fd = fd };
		pthread_create(&threads[i], NULL, wait_forever, &waiters[i]);
	}
	usleep(20000);
	wake_one(&wake);
	usleep(20000);
	handle_close(id, HANDLE_COMP_CHANNEL);
	wake_all(&wake);
	handle_drain(id);
	handle_retire(id);
	for (int i = 0; i < 4; i++) {
		pthread_join(threads[i], NULL);
		canceled += waiters[i].result == -ECANCELED;
		CHECK(waiters[i].result == -ECANCELED || waiters[i].result == -EBADF, "waiter %d ended with %d", i, waiters[i].result);
	}
	CHECK_IS(canceled, 1, "one wake ended one wait, closing the others");
	wake_destroy(&wake);
	close(fd);
}

/* ---- errors */

static void error__never_success(void)
{
	errno = 0;
	CHECK_IS(errno_or(EIO), -EIO, "a failure without errno is one all the same");
	CHECK_IS(negated(-1), -EIO, "also from a call that returns -1");
	errno = EBUSY;
	CHECK_IS(errno_or(EIO), -EBUSY, "with errno it is that");
	CHECK_IS(negated(-1), -EBUSY, "also from a call that returns -1");
	CHECK_IS(negated(EINVAL), -EINVAL, "an errno that was returned goes before");
	CHECK_IS(negated(0), 0, "success is success, whatever errno says");
}

int main(void)
{
	error__never_success();
	enter__live();
	enter__forged();
	enter__reserved();
	reuse__generation();
	close__reopen();
	enter__while_closed();
	wait__ends();
	reserve__exhausted();
	return check_result();
}
