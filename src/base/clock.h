/* clock.h - monotonic time in nanoseconds.
 *
 * All deadlines of the program are points of this clock; it never goes back and knows nothing of the date. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

typedef int64_t nanoseconds;

#define MICROSECONDS(n) ((nanoseconds)(n)*1000)
#define MILLISECONDS(n) ((nanoseconds)(n)*1000000)
#define SECONDS(n)      ((nanoseconds)(n)*1000000000)

/* A deadline that is never reached. */
#define NEVER INT64_MAX

/* Now, in nanoseconds since an arbitrary start. */
nanoseconds clock_now(void);

/* The deadline that is `duration` from now; NEVER for a duration that reaches past the end of time. */
nanoseconds clock_after(nanoseconds duration);

/* The time of day, in milliseconds since 1970: for what another process is to know. It may jump. */
int64_t clock_time_of_day(void);

#endif
