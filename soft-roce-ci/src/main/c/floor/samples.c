/* SPDX-License-Identifier: Apache-2.0 */
#include "floor.h"

#include <stdio.h>
#include <stdlib.h>

void samples_add(struct samples *samples, uint64_t nanoseconds)
{
	if (samples->count == samples->capacity) {
		samples->capacity = samples->capacity ? 2 * samples->capacity : UINT64_C(1) << 20;
		samples->nanoseconds = reallocarray(samples->nanoseconds, samples->capacity, sizeof(*samples->nanoseconds));
		need(samples->nanoseconds, "keep the samples");
	}
	samples->nanoseconds[samples->count++] = nanoseconds < UINT32_MAX ? (uint32_t)nanoseconds : UINT32_MAX;
}

static int compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static double percentile(const struct samples *samples, double percent)
{
	uint64_t at = (uint64_t)((double)samples->count * percent / 100);

	return samples->nanoseconds[at < samples->count ? at : samples->count - 1] / 1e3;
}

void samples_print(struct samples *samples, double seconds)
{
	double sum = 0;

	for (uint64_t i = 0; i < samples->count; i++)
		sum += samples->nanoseconds[i] / 1e3;
	qsort(samples->nanoseconds, samples->count, sizeof(*samples->nanoseconds), compare);
	printf("{\"count\":%llu,\"seconds\":%.6f,\"iops\":%.3f,\"min\":%.3f,\"median\":%.3f,\"mean\":%.3f,\"p99\":%.3f,\"p999\":%.3f,\"max\":%.3f}\n",
	       (unsigned long long)samples->count, seconds, (double)samples->count / seconds, percentile(samples, 0),
	       percentile(samples, 50), sum / (double)samples->count, percentile(samples, 99), percentile(samples, 99.9),
	       percentile(samples, 100));
}
