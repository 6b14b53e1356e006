/* clock.c - clock_gettime, and a hand to hold the wall clock still. */
#include "engine/base/clock.h"
#include <stdatomic.h>
#include <stdbool.h>
#include <time.h>

static atomic_bool stopped;
static _Atomic int64_t stopped_at_ms;

static int64_t now_ns(clockid_t id)
{
    struct timespec now;
    clock_gettime(id, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t clock_wall_ms(void)
{
    return atomic_load(&stopped) ? atomic_load(&stopped_at_ms) : now_ns(CLOCK_REALTIME) / 1000000;
}

int64_t clock_monotonic_ms(void)
{
    return now_ns(CLOCK_MONOTONIC) / 1000000;
}

int64_t clock_monotonic_ns(void)
{
    return now_ns(CLOCK_MONOTONIC);
}

void clock_stop_at(int64_t wall_ms)
{
    atomic_store(&stopped_at_ms, wall_ms);
    atomic_store(&stopped, true);
}

void clock_run(void)
{
    atomic_store(&stopped, false);
}
