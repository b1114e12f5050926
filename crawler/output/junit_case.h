/* junit_case.h - a URL as a test case on a line that sorts as cases are to be written: by host, then by URL. */
#ifndef OUTPUT_JUNIT_CASE_H
#define OUTPUT_JUNIT_CASE_H

#include "base/buf.h"
#include "record/fetch_statistic.h"

enum junit_kind { JUNIT_GOOD = 'g', JUNIT_FAILURE = 'f', JUNIT_ERROR = 'e' };

struct junit_case {
    struct slice host; /* and port, as in the URL */
    enum junit_kind kind;
    uint64_t milliseconds;
    struct slice xml; /* the <testcase> */
};

/* Appends the line "HOST NUL URL NUL KIND MILLISECONDS NUL XML", which holds no newline. Errors as buf_append. */
int junit_case_append(struct buf *out, const struct fetch_statistic *stat);

/* Takes such a line apart; valid as long as the line. */
struct junit_case junit_case_read(struct slice line);

#endif
