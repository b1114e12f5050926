#include "base/clock.h"

#include <time.h>

nanoseconds clock_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return SECONDS(now.tv_sec) + now.tv_nsec;
}

nanoseconds clock_after(nanoseconds duration)
{
    nanoseconds now = clock_now();
    return duration >= NEVER - now ? NEVER : now + duration;
}

int64_t clock_time_of_day(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
