/* Retry-After: seconds and dates. */
#include "http/retry_after.h"
#include "fuzz.h"

static const time_t NOW = 1795428000;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice input = fuzz_input(data, size);
    nanoseconds wait = -1, later = -1;
    bool is_wait = retry_after_read(input, NOW, &wait);
    FUZZ_CHECK(is_wait ? wait >= 0 && wait % SECONDS(1) == 0 && wait <= SECONDS(INT64_C(100) * 366 * 24 * 3600)
                       : wait == -1);
    /* An hour later nobody has to wait for longer. */
    FUZZ_CHECK(retry_after_read(input, NOW + 3600, &later) == is_wait && later <= wait);
    time_t date;
    if (http_date_read(slice_trim(input), &date))
        FUZZ_CHECK(is_wait && wait == (date > NOW ? wait : 0));
    return 0;
}
