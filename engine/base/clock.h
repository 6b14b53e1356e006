/* clock.h - wall-clock and monotonic time, in units that the names say. */
#pragma once
#include <stdint.h>

/* Milliseconds since 1970-01-01T00:00:00Z. */
int64_t clock_wall_ms(void);

/* Milliseconds and nanoseconds since some fixed moment; never goes back. */
int64_t clock_monotonic_ms(void);
int64_t clock_monotonic_ns(void);

/* From now on the wall clock shows `wall_ms` and stands still, until clock_run. For tests. */
void clock_stop_at(int64_t wall_ms);
void clock_run(void);
