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
