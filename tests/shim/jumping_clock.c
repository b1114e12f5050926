/* jumping_clock - a library for LD_PRELOAD in which the time of day is now 1971, now 2099, while the monotonic clocks
 * go on as they do. */
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const time_t times[] = {31536000 + 86400, 4070908800 + 86400}; /* the second day of the year */

static time_t time_of_day(void)
{
    static unsigned calls;
    return times[calls++ % 2];
}

/* NOLINTBEGIN(readability-inconsistent-declaration-parameter-name): the system's have reserved names */

/* That of the kernel is asked for, since the C library's is this one. */
int clock_gettime(clockid_t clock, struct timespec *out)
{
    if (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE)
        return (int)syscall(SYS_clock_gettime, clock, out);
    *out = (struct timespec){.tv_sec = time_of_day()};
    return 0;
}

int gettimeofday(struct timeval *restrict out, void *restrict zone)
{
    (void)zone;
    *out = (struct timeval){.tv_sec = time_of_day()};
    return 0;
}

time_t time(time_t *out)
{
    time_t now = time_of_day();
    if (out)
        *out = now;
    return now;
}

/* NOLINTEND(readability-inconsistent-declaration-parameter-name) */
