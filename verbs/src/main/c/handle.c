/* SPDX-License-Identifier: Apache-2.0 */
#include "handle.h"

#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

/*
 * word: generation and kind (43 bits, as in the id above its slot) | closing (1) | threads inside (20)
 * A free or reserved slot is closing with nobody inside, so that handle_enter needs no case of its own.
 */
#define SLOT_BITS 20
#define KIND_BITS 4
#define GENERATION_BITS 39
#define STATE_BITS 21
#define SLOTS (UINT32_C(1) << SLOT_BITS)
#define SLOT_MASK (SLOTS - 1)
#define KIND_MASK ((UINT64_C(1) << KIND_BITS) - 1)
#define GENERATION_MAX ((UINT64_C(1) << GENERATION_BITS) - 1)
#define CLOSING (UINT64_C(1) << 20)
#define INSIDE_MASK (CLOSING - 1)

#define CHUNK_BITS 10
#define CHUNK_SLOTS (1u << CHUNK_BITS)
#define CHUNKS (SLOTS >> CHUNK_BITS)

#define NO_SLOT UINT32_MAX
#define KINDS ((size_t)1 << KIND_BITS)

struct slot {
	_Alignas(64) _Atomic uint64_t word;
	_Atomic(void *) object;
	uint64_t generation; /* last one given out; under table_lock */
	uint32_t next_free;  /* under table_lock */
};

static _Atomic(struct slot *) chunks[CHUNKS];
static pthread_mutex_t table_lock = PTHREAD_MUTEX_INITIALIZER;
static uint32_t chunk_count;           /* under table_lock, as are the rest */
static uint32_t first_free = NO_SLOT;
static uint32_t live[KINDS];

static struct slot *slot_of(int64_t id)
{
	uint32_t index = (uint32_t)((uint64_t)id & SLOT_MASK);
	struct slot *chunk;

	if (id <= 0)
		return NULL;
	chunk = atomic_load_explicit(&chunks[index >> CHUNK_BITS], memory_order_acquire);
	return chunk ? &chunk[index & (CHUNK_SLOTS - 1)] : NULL;
}

static uint64_t tag_of(int64_t id)
{
	return ((uint64_t)id >> SLOT_BITS) << STATE_BITS;
}

enum handle_kind handle_kind_of(int64_t id)
{
	if (id <= 0)
		return HANDLE_NONE;
	return (enum handle_kind)(((uint64_t)id >> SLOT_BITS) & KIND_MASK);
}

static bool grow(void)
{
	struct slot *chunk;

	if (chunk_count == CHUNKS)
		return false;
	chunk = aligned_alloc(_Alignof(struct slot), CHUNK_SLOTS * sizeof(*chunk));
	if (!chunk)
		return false;
	for (uint32_t i = 0; i < CHUNK_SLOTS; i++) {
		atomic_init(&chunk[i].word, CLOSING);
		atomic_init(&chunk[i].object, NULL);
		chunk[i].generation = 0;
		chunk[i].next_free = i + 1 < CHUNK_SLOTS ? (chunk_count << CHUNK_BITS) + i + 1 : first_free;
	}
	first_free = chunk_count << CHUNK_BITS;
	atomic_store_explicit(&chunks[chunk_count++], chunk, memory_order_release);
	return true;
}

int64_t handle_reserve(enum handle_kind kind)
{
	int64_t id = -ENOMEM;
	struct slot *slot;
	uint32_t index;

	pthread_mutex_lock(&table_lock);
	if (first_free == NO_SLOT && !grow())
		goto out;
	index = first_free;
	slot = &atomic_load_explicit(&chunks[index >> CHUNK_BITS], memory_order_relaxed)[index & (CHUNK_SLOTS - 1)];
	first_free = slot->next_free;
	slot->generation++;
	live[kind]++;
	id = (int64_t)((slot->generation << (SLOT_BITS + KIND_BITS)) | ((uint64_t)kind << SLOT_BITS) | index);
	atomic_store_explicit(&slot->word, tag_of(id) | CLOSING, memory_order_release);
out:
	pthread_mutex_unlock(&table_lock);
	return id;
}

void handle_publish(int64_t id, void *object)
{
	struct slot *slot = slot_of(id);

	atomic_store_explicit(&slot->object, object, memory_order_relaxed);
	atomic_store_explicit(&slot->word, tag_of(id), memory_order_release);
}

void handle_cancel(int64_t id)
{
	handle_retire(id);
}

void *handle_enter(int64_t id, enum handle_kind kind)
{
	struct slot *slot;
	uint64_t word, tag;

	if (handle_kind_of(id) != kind)
		return NULL;
	slot = slot_of(id);
	if (!slot)
		return NULL;
	tag = tag_of(id);
	word = atomic_load_explicit(&slot->word, memory_order_relaxed);
	do {
		/* another generation or kind, closing, or a million threads inside */
		if (word - tag >= INSIDE_MASK)
			return NULL;
	} while (!atomic_compare_exchange_weak_explicit(&slot->word, &word, word + 1, memory_order_acquire, memory_order_relaxed));
	return atomic_load_explicit(&slot->object, memory_order_relaxed);
}

/* The half of the word that holds the closing flag and the count, for futex(2). */
static uint32_t *low_half(struct slot *slot)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	return (uint32_t *)(void *)&slot->word;
#else
	return (uint32_t *)(void *)&slot->word + 1;
#endif
}

void handle_leave(int64_t id)
{
	struct slot *slot = slot_of(id);
	uint64_t before = atomic_fetch_sub_explicit(&slot->word, 1, memory_order_release);

	/* Slots are never unmapped, so waking after leaving is safe. */
	if ((before & CLOSING) && (before & INSIDE_MASK) == 1)
		syscall(SYS_futex, low_half(slot), FUTEX_WAKE_PRIVATE, INT32_MAX, NULL, NULL, 0);
}

void *handle_close(int64_t id, enum handle_kind kind)
{
	struct slot *slot;
	uint64_t word, tag;

	if (handle_kind_of(id) != kind)
		return NULL;
	slot = slot_of(id);
	if (!slot)
		return NULL;
	tag = tag_of(id);
	word = atomic_load_explicit(&slot->word, memory_order_relaxed);
	do {
		if (word - tag > INSIDE_MASK)
			return NULL;
	} while (!atomic_compare_exchange_weak_explicit(&slot->word, &word, word | CLOSING, memory_order_acq_rel, memory_order_relaxed));
	return atomic_load_explicit(&slot->object, memory_order_relaxed);
}

bool handle_closing(int64_t id)
{
	return (atomic_load_explicit(&slot_of(id)->word, memory_order_acquire) & CLOSING) != 0;
}

void handle_drain(int64_t id)
{
	struct slot *slot = slot_of(id);
	uint64_t word;

	while ((word = atomic_load_explicit(&slot->word, memory_order_acquire)) & INSIDE_MASK)
		syscall(SYS_futex, low_half(slot), FUTEX_WAIT_PRIVATE, (uint32_t)word, NULL, NULL, 0);
}

void handle_reopen(int64_t id)
{
	atomic_fetch_and_explicit(&slot_of(id)->word, ~CLOSING, memory_order_release);
}

void handle_retire(int64_t id)
{
	uint32_t index = (uint32_t)((uint64_t)id & SLOT_MASK);
	struct slot *slot = slot_of(id);

	pthread_mutex_lock(&table_lock);
	atomic_store_explicit(&slot->word, CLOSING, memory_order_relaxed);
	atomic_store_explicit(&slot->object, NULL, memory_order_relaxed);
	live[handle_kind_of(id)]--;
	if (slot->generation < GENERATION_MAX) {
		slot->next_free = first_free;
		first_free = index;
	}
	pthread_mutex_unlock(&table_lock);
}

uint32_t handle_live(enum handle_kind kind)
{
	uint32_t n;

	pthread_mutex_lock(&table_lock);
	n = live[kind];
	pthread_mutex_unlock(&table_lock);
	return n;
}
