/* refusal.h - why the system did not let us confine ourselves. */
#ifndef SANDBOX_REFUSAL_H
#define SANDBOX_REFUSAL_H

#include <errno.h>

#include "base/error.h"

/* A call that failed. */
struct refusal {
    const char *call; /* static */
    int number;       /* of errno */
};

/* Notes that `call` has just failed. Returns ERR_UNSUPPORTED when errno says that the system has no such call, else
 * ERR_SYSTEM. */
static inline int refused(struct refusal *why, const char *call)
{
    *why = (struct refusal){call, errno};
    return errno == ENOSYS || errno == EOPNOTSUPP ? ERR_UNSUPPORTED : ERR_SYSTEM;
}

#endif
