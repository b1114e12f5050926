#include "output/cut_file.h"

#include <errno.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/log.h"

int cut_file(int file, const char *name, uint64_t length)
{
    struct stat now;
    if (fstat(file, &now)) {
        int err = error_from_errno(errno);
        log_error("%s: %s", name, error_text(err));
        return err;
    }
    uint64_t size = (uint64_t)now.st_size;
    if (size < length) {
        log_error("%s: has %" PRIu64 " bytes, and the crawl knows of %" PRIu64, name, size, length);
        return ERR_TRUNCATED;
    }
    if (size == length)
        return 0;
    if (ftruncate(file, (off_t)length)) {
        int err = error_from_errno(errno);
        log_error("%s: %s", name, error_text(err));
        return err;
    }
    log_warning("%s: cut by %" PRIu64 " bytes, which the crawl does not know of", name, size - length);
    return 0;
}
